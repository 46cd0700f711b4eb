"""Whom the sandbox's goTom lets in, and what it says to the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.clients import Answer, send
from tests.sandbox.clients import GotomClient as Client
from tests.sandbox.gotom import GoTom
from tests.sandbox.gotom.authentication import signature, signed_text
from tests.sandbox.gotom.call import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

VECTORS = json.loads(
    (Path(__file__).parent / "gotom" / "signatures.json").read_text(encoding="utf-8")
)
NOW = datetime(2026, 3, 9, 5, 15, tzinfo=UTC)
LIST = "/app-api/primary-keys/user"

Vector = dict[str, str]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A client whose clock is right, of an instance with the users of the vectors."""
    sandbox = GoTom(now=lambda: NOW)
    for vector in VECTORS:
        sandbox.add_user(vector["user"], vector["secret"])
    with sandbox.serve() as url:
        yield Client(url, "campaign_user", "s3cr3t-campaign-key", lambda: NOW)


@pytest.fixture(params=VECTORS, ids=lambda vector: vector["what"])
def vector(request: pytest.FixtureRequest) -> Vector:
    """A request whose signature is known."""
    found: Vector = request.param
    return found


def headers_of(vector: Vector) -> dict[str, str]:
    return {
        "Date": vector["date_header"],
        "Content-Type": vector["content_type_header"],
        "Authorization": vector["authorization_header"],
    }


def test_known_requests_have_their_known_signatures(vector: Vector) -> None:
    path, _, query = vector["uri"].partition("?")
    headers = {name.lower(): value for name, value in headers_of(vector).items()}
    call = Call(vector["method"], path, query, headers, vector["body_utf8"].encode())
    assert signed_text(call) == vector["string_to_sign"]
    assert signature(call, vector["secret"]) == vector["signature"]


def test_known_requests_are_let_in(client: Client, vector: Vector) -> None:
    body = vector["body_utf8"].encode()
    answer = send(client.url, vector["method"], vector["uri"], headers_of(vector), body)
    assert answer.status != 401


def test_a_known_request_changed_by_one_character_is_refused(
    client: Client, vector: Vector
) -> None:
    body, headers = vector["body_utf8"].encode(), headers_of(vector)
    further = "&" if "?" in vector["uri"] else "?"
    changes = [
        send(client.url, vector["method"], f"{vector['uri']}{further}x", headers, body),
        send(client.url, "PUT", vector["uri"], headers, body),
        send(client.url, vector["method"], vector["uri"], headers, body + b" "),
        send(
            client.url,
            vector["method"],
            vector["uri"],
            {**headers, "Content-Type": headers["Content-Type"] + ";x"},
            body,
        ),
    ]
    assert {(answer.status, answer.json) for answer in changes} == {(401, "Signature not valid")}


def test_a_content_type_must_be_signed_in_small_letters(client: Client) -> None:
    vector = VECTORS[7]
    wrong = "gotom_app_api graph_user:VQjxOzyzA0ot265QzOxwbJCDDw4="
    headers = {**headers_of(vector), "Authorization": wrong}
    assert send(client.url, "GET", vector["uri"], headers).json == "Signature not valid"


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(minutes=-30, seconds=-1), "Request is too old"),
        (timedelta(minutes=-30), None),
        (timedelta(minutes=30), None),
        (timedelta(minutes=30, seconds=1), "Request is too far in the future"),
    ],
)
def test_a_clock_may_be_half_an_hour_wrong(ahead: timedelta, text: str | None) -> None:
    sandbox = GoTom(now=lambda: NOW - ahead)
    sandbox.add_user("api_user", "key")
    with sandbox.serve() as url:
        answer = Client(url, "api_user", "key", lambda: NOW).get(LIST)
    assert (None if answer.status == 200 else refusal_of(answer)) == text


def refusal_of(answer: Answer) -> str:
    """The text of an answer that is a JSON string."""
    assert answer.status == 401
    text = answer.json
    assert isinstance(text, str)
    return text
