"""Whom the sandbox's goTom lets in, and what it says to the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.gotom import GoTom
from tests.sandbox.gotom.call import Call
from tests.sandbox.gotom.signatures import signature, signed_text
from tests.sandbox.gotom_client import Answer, Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    answer = client.send(vector["method"], vector["uri"], headers_of(vector), body)
    assert answer.status != 401


def test_a_known_request_changed_by_one_character_is_refused(
    client: Client, vector: Vector
) -> None:
    body, headers = vector["body_utf8"].encode(), headers_of(vector)
    further = "&" if "?" in vector["uri"] else "?"
    changes = [
        client.send(vector["method"], f"{vector['uri']}{further}x", headers, body),
        client.send("PUT", vector["uri"], headers, body),
        client.send(vector["method"], vector["uri"], headers, body + b" "),
        client.send(
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
    assert client.send("GET", vector["uri"], headers).json == "Signature not valid"


@pytest.mark.parametrize(
    "spelling", ["?page=1&label=a%20b", "?page=1&label=a+b", "?label=a%20b&page=1", "?label=%c3%BC"]
)
def test_a_query_is_signed_as_it_is_spelt(client: Client, spelling: str) -> None:
    assert client.get(LIST + spelling).status == 200


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Bearer x", "GOTOM_APP_API u:c2ln"])
def test_who_does_not_sign_gets_a_page(client: Client, header: str | None) -> None:
    answer = client.get(LIST, {"Authorization": header})
    assert answer.status == 401
    assert answer.is_page
    assert b"Authorization header required" in answer.body


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("gotom_app_api", "Invalid provider in authorization header"),
        ("gotom_app_api2 u:c2ln", "Invalid provider in authorization header"),
        (
            "gotom_app_api campaign_user",
            "Unable to parse ID and signature from authorization header",
        ),
        (
            r"gotom_app_api campaign_user\:c2ln",
            "Unable to parse ID and signature from authorization header",
        ),
        ("gotom_app_api campaign_user:", "Invalid signature in authorization header"),
        ("gotom_app_api campaign_user:c2-_", "Invalid signature in authorization header"),
        ("gotom_app_api  campaign_user:c2ln", "Invalid credentials."),
        ("gotom_app_api :c2ln", "No user id"),
        ("gotom_app_api nobody:c2ln", "Invalid credentials."),
        ("gotom_app_api we:i-rd:c2ln", "Invalid signature in authorization header"),
        ("gotom_app_api campaign_user:c2ln", "Signature not valid"),
        ("gotom_app_api campaign_user:c2ln:x", "Signature not valid"),
    ],
)
def test_what_is_wrong_with_an_authorization_is_told(
    client: Client, header: str, text: str
) -> None:
    assert refusal_of(client.get(LIST, {"Authorization": header})) == text


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (None, "Date header required"),
        ("", "Date header required"),
        ("1773033300", "Timestamp not valid"),
        ("tomorrow-ish", "Timestamp not valid"),
        ("2026-13-45T05:15:00Z", "Timestamp not valid"),
        ("1970-01-01T00:00:00Z", "Timestamp not valid"),
        ("2026-03-09T05:15:00", "Request is too old"),
    ],
)
def test_what_is_wrong_with_a_date_is_told(client: Client, date: str | None, text: str) -> None:
    assert refusal_of(client.get(LIST, {"Date": date, "X-Date": NOW.isoformat()})) == text


@pytest.mark.parametrize(
    "date",
    [
        "2026-03-09T06:15:00+01:00",
        "2026-03-09T05:15:00Z",
        "2026-03-09T05:15:00.044Z",
        "2026-03-09T05:15:00.044123+00:00",
        "2026-03-09 06:15:00",
        "Mon, 09 Mar 2026 05:15:00 GMT",
    ],
)
def test_dates_come_in_many_notations(client: Client, date: str) -> None:
    assert client.send("GET", LIST, client.signed(LIST, date=date)).status == 200


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


def test_a_content_type_is_needed_without_a_body_as_well(client: Client) -> None:
    answer = client.get(LIST, {"Content-Type": None})
    assert refusal_of(answer) == "Content type header required"


def test_faults_are_found_in_the_order_of_the_server(client: Client) -> None:
    """Each request has one fault fewer than the one before."""
    good = client.signed(LIST)
    steps: list[tuple[str, Callable[[dict[str, str | None]], None]]] = [
        (
            "Unable to parse ID and signature from authorization header",
            lambda headers: headers.update(Authorization="gotom_app_api nobody:-"),
        ),
        (
            "Invalid signature in authorization header",
            lambda headers: headers.update(Authorization="gotom_app_api nobody:c2ln"),
        ),
        ("Date header required", lambda headers: headers.update(Date="x")),
        ("Timestamp not valid", lambda headers: headers.update(Date="2026-03-09T04:00:00Z")),
        ("Request is too old", lambda headers: headers.update(Date=good["Date"])),
        (
            "Invalid credentials.",
            lambda headers: headers.update(Authorization="gotom_app_api campaign_user:c2ln"),
        ),
        (
            "Content type header required",
            lambda headers: headers.update({"Content-Type": good["Content-Type"]}),
        ),
        (
            "Signature not valid",
            lambda headers: headers.update(Authorization=good["Authorization"]),
        ),
    ]
    headers: dict[str, str | None] = {
        "Authorization": "gotom_app_api nobody",
        "Date": None,
        "Content-Type": None,
    }
    for text, mend in steps:
        assert refusal_of(client.get(LIST, headers)) == text
        mend(headers)
    assert client.get(LIST, headers).status == 200


def refusal_of(answer: Answer) -> str:
    """The text of an answer that is a JSON string."""
    assert answer.status == 401
    text = answer.json
    assert isinstance(text, str)
    return text
