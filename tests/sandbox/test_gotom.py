"""What the sandbox's goTom answers, to whom, and what it says of what is not there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from tests.sandbox.gotom import GoTom, demonstration, troubles
from tests.sandbox.gotom.endpoints import documented
from tests.sandbox.gotom.routes import ROUTES
from tests.sandbox.gotom.seeds import CAMPAIGNS, CUSTOMERS, PLATFORMS, PRICES
from tests.sandbox.gotom_client import Client

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
    FLIGHT,
    f"{FLIGHT}/commission",
    f"{FLIGHT}/sublines",
    f"{CAMPAIGN}/flight-lineitemid/demo-4711-1",
    f"{CAMPAIGN}/campaign-discount",
    f"{CAMPAIGN}/campaign-discount/cd-1/flight-discount/fd-2",
    "/app-api/customer",
    "/app-api/customer?page=2",
    "/app-api/customer/crm-5",
    "/app-api/crm-sync-import-external-crm-id/error-logs/12",
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


def test_every_answer_tells_the_time_and_is_not_to_be_kept(client: Client) -> None:
    for target in (CAMPAIGN, f"{LISTS}/foo", "/app-api/campaign/x", "/nowhere"):
        headers = client.get(target).headers
        assert headers["Date"] == "Sun, 22 Nov 2026 12:00:00 GMT"
        assert headers["Cache-Control"] == "no-cache, private"
        assert headers["Transfer-Encoding"] == "chunked"


def test_lookup_lists_have_what_is_theirs_alone(client: Client, gotom: GoTom) -> None:
    assert set(gotom.data.entities) == ENTITIES
    for entity in ENTITIES:
        first = client.get(f"{LISTS}/{entity}").json["items"][0]
        assert isinstance(first["id"], str if entity == "adServer" else int)
        assert ("email" in first) == (entity == "user")
        assert ("isDefault" in first) == (entity == "flightPositionType")


@pytest.mark.parametrize("size", [100, 1000])
def test_pages_lead_from_one_to_the_next(client: Client, gotom: GoTom, size: int) -> None:
    gotom.instance.page_size = size
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


def test_links_may_name_another_host(client: Client, gotom: GoTom) -> None:
    gotom.instance.advertised_url = "https://acme.gotom.example"
    link = client.get(f"{LISTS}/platform?page=3").json["pagination"]["nextPageUrl"]
    assert link == "https://acme.gotom.example/app-api/primary-keys/platform?page=4"


def test_a_page_behind_the_last_is_empty(client: Client) -> None:
    beyond = client.get(f"{LISTS}/user?page=2").json
    assert beyond["items"] == []
    assert (beyond["pagination"]["lastPage"], beyond["pagination"]["nextPageUrl"]) == (1, None)
    assert client.get(f"{LISTS}/user?page=x").json == client.get(f"{LISTS}/user").json


def test_data_may_change_while_they_are_read(client: Client, gotom: GoTom) -> None:
    gotom.instance.page_size = 2
    assert len(pages_of(client, f"{LISTS}/user")) == 2
    gotom.data.entities["user"] += [{"id": 20, "name": "A", "email": "a@acme.example"}] * 2
    assert len(pages_of(client, f"{LISTS}/user")) == 3
    gotom.data.entities["user"].clear()
    assert client.get(f"{LISTS}/user").json["items"] == []


def test_prices_differ_in_what_they_depend_on_and_name_what_lookup_lists_hold(
    client: Client, gotom: GoTom
) -> None:
    prices = [
        item for page in pages_of(client, "/app-api/export/price/tarif/7") for item in page["items"]
    ]
    ids = [name for name in prices[0] if name.endswith("Id")]
    assert len(ids) == 9
    assert len({tuple(price[name] for name in ids) for price in prices}) == PRICES
    nullable = ("company", "platform", "tarifGroup", "priceType", "extraPriceLevel")
    assert all({price[name] is None for price in prices} == {True, False} for name in nullable)
    for price in prices:
        for name in set(price) & ENTITIES:
            assert price[name] == gotom.data.name_of(name, price[f"{name}Id"])


def test_campaigns_refer_to_lookup_lists(client: Client, gotom: GoTom) -> None:
    campaign = client.get(CAMPAIGN).json
    assert gotom.data.name_of("campaignType", campaign["campaignTypeId"])
    for flight in campaign["flights"]:
        for name in ("tarif", "media", "platform", "channel", "advertising", "priceType"):
            assert gotom.data.name_of(name, flight[f"{name}Id"]), name
        tags = [(tag["id"], tag["name"]) for tag in flight["flightTags"]]
        assert all(gotom.data.name_of("flightTags", number) == name for number, name in tags)
    crm_id = campaign["customer"]["entityExternalCrmId"]
    assert client.get(f"/app-api/customer/{crm_id}").status == 200
    assert client.get(FLIGHT).json == campaign["flights"][0]


def test_a_flight_of_the_user_interface_has_no_external_id(client: Client) -> None:
    known, duplicated = client.get("/app-api/campaign/demo-4712").json["flights"]
    assert known["bruttoPriceUnit"] == "41.25"
    assert duplicated["externalId"] is None
    assert client.get("/app-api/campaign/demo-4712/flight/demo-4712-2").status == 404
    discounts = client.get("/app-api/campaign/demo-4712/campaign-discount").json
    first, second = discounts["campaignDiscounts"]
    assert (first["externalId"], first["entityId"]) == ("cd-1", None)
    assert (second["externalId"], second["entityId"]) == (None, 3107)
    assert first["flightDiscounts"][1]["flightExternalId"] is None


def test_a_campaign_can_be_added(client: Client, gotom: GoTom) -> None:
    added = gotom.add_campaign("A/B", flights=3, currency="EUR")
    odd = gotom.add_campaign("Käse & Brot?#%", flights=[{"externalId": "Größe 1", "units": 7}])
    assert client.get("/app-api/campaign/A%2FB").status == 404
    path = "/app-api/campaign/K%C3%A4se%20%26%20Brot%3F%23%25"
    assert client.get(path).json == odd.content
    assert client.get(f"{path}/flight/gr%C3%B6%C3%9Fe%201").json["units"] == 7
    assert client.get(f"{path}/flight/Gr%C3%B6%C3%9Fe%201/sublines").json["sublines"]
    assert (len(added.flights), added.content["currency"]) == (3, "EUR")


def test_external_ids_are_the_same_in_capitals(client: Client) -> None:
    shown = client.get("/app-api/campaign/DEMO-4711/flight/Demo-4711-1")
    assert shown.json["externalId"] == "demo-4711-1"
    assert client.get("/app-api/customer/CRM-5").json["customer"]["externalCrmId"] == "crm-5"


@pytest.mark.parametrize(
    "target",
    [
        "/app-api/campaign/nowhere",
        "/app-api/campaign/nowhere/campaign-discount",
        "/app-api/campaign/nowhere/flight/demo-4711-1",
        f"{CAMPAIGN}/flight/nowhere",
        f"{CAMPAIGN}/flight/nowhere/commission",
        f"{CAMPAIGN}/flight/nowhere/sublines",
        f"{CAMPAIGN}/flight-lineitemid/nowhere",
        f"{CAMPAIGN}/campaign-discount/nowhere/flight-discount/fd-1",
        "/app-api/export/price/tarif/1",
    ],
)
def test_what_is_not_there_is_a_problem(client: Client, target: str) -> None:
    answer = client.get(target)
    assert answer.status == 404
    assert (answer.json["status"], answer.json["detail"]) == (404, "Not Found")
    assert answer.headers["Vary"] == "Accept"


def test_a_flight_may_lack_a_line_item(client: Client, gotom: GoTom) -> None:
    gotom.add_campaign("new").line_items.clear()
    assert client.get("/app-api/campaign/new/flight-lineitemid/new-1").status == 404
    assert client.get("/app-api/campaign/new/flight/new-1").status == 200


def test_absent_things_of_other_kinds_are_told_in_their_own_ways(
    client: Client, gotom: GoTom
) -> None:
    unknown = client.get(f"{LISTS}/foo")
    assert (unknown.status, unknown.json) == (422, {"error": {"msg": "'foo' is no valid entity"}})
    del gotom.data.entities["flightTags"]
    assert client.get(f"{LISTS}/flightTags").status == 422
    assert client.get(f"{LISTS}/flighttags").status == 422
    nobody = client.get("/app-api/customer/nobody")
    assert (nobody.status, nobody.json["ok"], nobody.json["customer"]) == (404, False, None)
    job = client.get("/app-api/crm-sync-import-external-crm-id/error-logs/1")
    assert (job.status, job.json["jobStatus"]) == (404, "NO_JOB_FOUND")


@pytest.mark.parametrize(
    "target", ["/app-api/campaign", "/app-api/export/price/tarif/x", "/app-api/activity", "/"]
)
def test_what_is_not_documented_is_a_page(client: Client, target: str) -> None:
    answer = client.get(target)
    assert (answer.status, answer.is_page) == (404, True)


def test_sublines_need_their_module(client: Client, gotom: GoTom) -> None:
    shares = client.get(f"{FLIGHT}/sublines").json["sublines"]
    assert sum(share["percentage"] for share in shares) == 100
    gotom.instance.marketer_network = False
    assert client.get(f"{FLIGHT}/sublines").status == 404


def test_a_slash_too_many_leads_away(client: Client) -> None:
    answer = client.get(f"{CAMPAIGN}/?x=1")
    assert (answer.status, answer.headers["Location"]) == (301, f"{CAMPAIGN}?x=1")
    followed = client.send("GET", f"{CAMPAIGN}?x=1", client.signed(f"{CAMPAIGN}/?x=1"))
    assert followed.json == "Signature not valid"


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


def test_a_user_of_an_unknown_group_is_refused(gotom: GoTom) -> None:
    with pytest.raises(ValueError, match="no such groups of endpoints"):
        gotom.add_user("x", "y", {"everything"})


def test_requests_are_recorded_and_troubles_happen(client: Client, gotom: GoTom) -> None:
    gotom.faults.add("GET", "/app-api/*", troubles.internal_error())
    gotom.faults.add("GET", "/app-api/*", troubles.maintenance())
    answers = [client.get(f"{LISTS}/user?page=1") for _ in range(3)]
    assert [answer.status for answer in answers] == [500, 503, 200]
    assert answers[0].json == {"message": "Internal Server Error"}
    assert answers[1].is_page
    assert [request.status for request in gotom.requests] == [500, 503, 200]
    assert gotom.requests[0].query == {"page": ["1"]}


def test_the_demonstration_shows_reports_and_campaigns() -> None:
    sandbox, shown = GoTom(), demonstration
    shown.fill(sandbox)
    with sandbox.serve() as url:
        graph = Client(url, shown.GRAPH_USER, shown.GRAPH_SECRET, lambda: datetime.now(UTC))
        api = Client(url, shown.API_USER, shown.API_SECRET, lambda: datetime.now(UTC))
        report = graph.get(f"/app-api/graph-export/download/{shown.GRAPH_REPORT}")
        assert report.body.startswith(b'"Kampagne","Externe ID",')
        report = graph.get(f"/app-api/custom-report-export/download/{shown.CUSTOM_REPORT}")
        assert report.body.count(b"\n") == 94
        for campaign in shown.CAMPAIGNS:
            assert api.get(f"/app-api/campaign/{campaign}").status == 200
        assert graph.get(f"/app-api/campaign/{CAMPAIGNS[0]}").status == 403
