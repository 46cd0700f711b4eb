"""What the sandbox's goTom answers, to whom, and what it says of what is not there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from tests.sandbox.clients import GotomClient as Client
from tests.sandbox.gotom import GoTom
from tests.sandbox.gotom.endpoints import documented
from tests.sandbox.gotom.routes import ROUTES
from tests.sandbox.gotom.seeds import CUSTOMERS, PLATFORMS, PRICES

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LISTS = "/app-api/primary-keys"
CAMPAIGN = "/app-api/campaign/demo-4711"
FLIGHT = f"{CAMPAIGN}/flight/demo-4711-1"
ENTITIES = {
    "user",
    "tarif",
    "priceType",
    "adServer",
    "campaignType",
    "extraPriceLevel",
    "platform",
    "channel",
    "media",
    "advertising",
    "flightPositionType",
    "flightTags",
}
TARGETS = [
    *(f"{LISTS}/{entity}" for entity in sorted(ENTITIES)),
    "/app-api/export/price/tarif/7",
    "/app-api/export/price/tarif/9",
    CAMPAIGN,
    f"{FLIGHT}/commission",
    f"{FLIGHT}/sublines",
    f"{CAMPAIGN}/flight-lineitemid/demo-4711-1",
    f"{CAMPAIGN}/campaign-discount",
    "/app-api/customer",
    "/app-api/customer?page=2",
]


@pytest.fixture
def gotom() -> GoTom:
    """An instance whose clock stands still."""
    sandbox = GoTom(now=lambda: NOW)
    sandbox.add_user("api_user", "key")
    return sandbox


@pytest.fixture
def client(gotom: GoTom) -> Iterator[Client]:
    """A client that may do everything."""
    with gotom.serve() as url:
        yield Client(url, "api_user", "key", lambda: NOW)


def pages_of(client: Client, path: str) -> list[dict[str, Any]]:
    """Follow the links from page to page."""
    pages, target = [], path
    while target:
        page = client.get(target).json
        pages.append(page)
        target = (page["pagination"]["nextPageUrl"] or "").removeprefix(client.url)
    return pages


def test_answers_have_their_documented_shapes(client: Client) -> None:
    seen = set()
    for target in TARGETS:
        path = target.partition("?")[0]
        endpoint = next(found for found in documented() if found.arguments(path) is not None)
        answer = client.get(target)
        assert answer.status == 200, target
        checker = Draft7Validator(endpoint.answer, format_checker=FormatChecker())
        assert not list(checker.iter_errors(answer.json)), target
        seen.add(endpoint.path)
    reports = {path for path in ROUTES if "download" in path}
    assert seen | reports == set(ROUTES) == {endpoint.path for endpoint in documented()}


@pytest.mark.parametrize("size", [100, 1000])
def test_pages_lead_from_one_to_the_next(client: Client, gotom: GoTom, size: int) -> None:
    gotom.page_size = size
    for path, items in (
        (f"{LISTS}/platform", PLATFORMS),
        ("/app-api/customer", CUSTOMERS),
        ("/app-api/export/price/tarif/7", PRICES),
        ("/app-api/export/price/tarif/9", 0),
    ):
        pages = pages_of(client, path)
        last = max(1, -(-items // size))
        assert [page["pagination"] for page in pages] == [
            {
                "totalItems": items,
                "perPage": size,
                "currentPage": number,
                "lastPage": last,
                "nextPageUrl": None if number == last else f"{client.url}{path}?page={number + 1}",
            }
            for number in range(1, last + 1)
        ]
        found = [str(item) for page in pages for item in page["items"]]
        assert len(found) == len(set(found)) == items


def test_campaigns_refer_to_lookup_lists(client: Client, gotom: GoTom) -> None:
    campaign = client.get(CAMPAIGN).json
    assert gotom.data.name_of("campaignType", campaign["campaignTypeId"])
    for flight in campaign["flights"]:
        for name in ("tarif", "media", "platform", "channel", "advertising", "priceType"):
            assert gotom.data.name_of(name, flight[f"{name}Id"]), name
        tags = [(tag["id"], tag["name"]) for tag in flight["flightTags"]]
        assert all(gotom.data.name_of("flightTags", number) == name for number, name in tags)
    crm_id = campaign["customer"]["entityExternalCrmId"]
    assert crm_id in {customer["externalCrmId"] for customer in gotom.data.customers}


@pytest.mark.parametrize(
    "target",
    [
        "/app-api/campaign/nowhere",
        "/app-api/campaign/nowhere/campaign-discount",
        f"{CAMPAIGN}/flight/nowhere/commission",
        f"{CAMPAIGN}/flight/nowhere/sublines",
        f"{CAMPAIGN}/flight-lineitemid/nowhere",
        "/app-api/export/price/tarif/1",
    ],
)
def test_what_is_not_there_is_a_problem(client: Client, target: str) -> None:
    answer = client.get(target)
    assert answer.status == 404
    assert (answer.json["status"], answer.json["detail"]) == (404, "Not Found")
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("groups", "open_to_them"),
    [
        ({"reports", "api"}, [True, True, True, True, True]),
        ({"reports"}, [True, False, False, False, False]),
        ({"api"}, [False, True, True, True, True]),
        ({"lookups", "prices"}, [False, True, True, False, False]),
        ({"campaigns"}, [False, False, False, True, False]),
        ({"customers"}, [False, False, False, False, True]),
        (set(), [False, False, False, False, False]),
    ],
)
def test_users_may_call_what_they_have_ordered(
    client: Client, gotom: GoTom, groups: set[str], open_to_them: list[bool]
) -> None:
    gotom.add_user("api_user", "key", groups)
    targets = (
        "/app-api/graph-export/download/1",
        f"{LISTS}/user",
        "/app-api/export/price/tarif/7",
        CAMPAIGN,
        "/app-api/customer",
    )
    answers = [client.get(target) for target in targets]
    assert [answer.status != 403 for answer in answers] == open_to_them
    assert all(answer.is_page for answer in answers if answer.status == 403)
