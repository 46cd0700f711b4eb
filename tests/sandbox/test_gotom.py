"""The sandbox's goTom: what it responds as documented, and whom it lets in."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft7Validator, FormatChecker

from tests.sandbox.clients import GotomClient, send
from tests.sandbox.gotom import GoTom
from tests.sandbox.gotom.endpoints import read_documented
from tests.sandbox.gotom.generated_csv import GeneratedCsv
from tests.sandbox.gotom.routes import ROUTES
from tests.sandbox.gotom.seeds import build_data

if TYPE_CHECKING:
    from collections.abc import Iterator

Vector = dict[str, str]
VECTORS: list[Vector] = json.loads(
    (Path(__file__).parent / "gotom" / "signatures.json").read_text(encoding="utf-8")
)
NOW = datetime(2026, 3, 9, 5, 15, tzinfo=UTC)
CAMPAIGN = "/app-api/campaign/demo-4711"
TARGETS = [
    *(f"/app-api/primary-keys/{entity}" for entity in build_data().entities),
    "/app-api/export/price/tarif/7",
    "/app-api/export/price/tarif/9",
    CAMPAIGN,
    f"{CAMPAIGN}/flight/demo-4711-1/commission",
    f"{CAMPAIGN}/flight/demo-4711-1/sublines",
    f"{CAMPAIGN}/flight-lineitemid/demo-4711-1",
    f"{CAMPAIGN}/campaign-discount",
    "/app-api/customer",
    "/app-api/customer?page=2",
]


@pytest.fixture(scope="module")
def client() -> Iterator[GotomClient]:
    """A client of an instance that has the users of the vectors, and whose clock stands still."""
    sandbox = GoTom(now=lambda: NOW)
    for vector in VECTORS:
        sandbox.add_user(vector["user"], vector["secret"])
    with sandbox.serve() as url:
        yield GotomClient(url, "campaign_user", "s3cr3t-campaign-key", lambda: NOW)


def test_responses_have_their_documented_shapes(client: GotomClient) -> None:
    seen = set()
    for target in TARGETS:
        path = target.partition("?")[0]
        endpoint = next(found for found in read_documented() if found.match(path) is not None)
        response = client.get(target)
        assert response.status == 200, target
        checker = Draft7Validator(endpoint.response, format_checker=FormatChecker())
        assert not list(checker.iter_errors(response.json)), target
        seen.add(endpoint.path)
    reports = {path for path in ROUTES if "download" in path}
    assert seen | reports == set(ROUTES) == {endpoint.path for endpoint in read_documented()}


def headers_of(vector: Vector) -> dict[str, str]:
    return {
        "Date": vector["date_header"],
        "Content-Type": vector["content_type_header"],
        "Authorization": vector["authorization_header"],
    }


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["what"])
def test_known_requests_are_let_in_unless_a_character_is_another(
    client: GotomClient, vector: Vector
) -> None:
    method, uri, body = vector["method"], vector["uri"], vector["body_utf8"].encode()
    headers = headers_of(vector)
    assert send(client.url, method, uri, headers, body).status != 401

    longer_uri = f"{uri}{'&' if '?' in uri else '?'}x"
    other_type = {**headers, "Content-Type": headers["Content-Type"] + ";x"}
    responses = [
        send(client.url, method, longer_uri, headers, body),
        send(client.url, "PUT", uri, headers, body),
        send(client.url, method, uri, headers, body + b" "),
        send(client.url, method, uri, other_type, body),
    ]
    assert {(found.status, found.json) for found in responses} == {(401, "Signature not valid")}


def test_a_content_type_must_be_signed_in_small_letters(client: GotomClient) -> None:
    vector = VECTORS[7]
    wrong = "gotom_app_api graph_user:VQjxOzyzA0ot265QzOxwbJCDDw4="
    headers = {**headers_of(vector), "Authorization": wrong}
    assert send(client.url, "GET", vector["uri"], headers).json == "Signature not valid"


@pytest.mark.parametrize("rows", [0, 1, 1000, 2500])
def test_a_generated_report_holds_the_rows_it_says(rows: int) -> None:
    generated = GeneratedCsv(rows)
    text = b"".join(generated.pieces()).decode()
    found = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
    assert found == [tuple(generated.header), *map(generated.row, range(rows))]
    assert len({row[0] for row in found}) == rows + 1
