"""The streams of flights and what belongs to each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, html_page
from tests.tap_gotom.command_line import fail, succeed
from tests.tap_gotom.servers import INTERNAL_ERROR, build_api_error, build_json

if TYPE_CHECKING:
    from tests.tap_gotom.servers import GoTomServer

PER_FLIGHT = ("flight_commissions", "flight_line_items", "flight_sublines")


def test_flights_and_what_belongs_to_them_are_streams(server: GoTomServer) -> None:
    streams = ("campaigns", "flights", *PER_FLIGHT)
    records = succeed(server.configure_campaigns("demo-4711"), *streams).records
    assert "flights" not in records["campaigns"][0]
    flight = records["flights"][0]
    assert (flight["campaignExternalId"], flight["externalId"]) == ("demo-4711", "demo-4711-1")
    assert flight["runtime"]["start"] == {"date": "2026-03-01", "time": "00:00"}
    assert flight["keyValueSetsXandr"][0]["outerOp"] == "AND"
    assert flight["extraPriceLevelId"] is None  # goTom leaves out what is not set

    both = {"campaignExternalId": "demo-4711", "flightExternalId": "demo-4711-1"}
    commission = {"bkPercent": 15.0, "bkAmount": 0, "vmkType": "VMK", "vmkPercent": 5.0}
    assert records["flight_commissions"][0] == {**both, **commission, "vmkAmount": 0}
    line_item = {"strategyId": "gam-main", "adserverId": 6120044871}
    assert records["flight_line_items"][0] == {**both, **line_item}
    assert records["flight_sublines"][:2] == [
        {**both, "platformId": 31, "percentage": 62.5, "note": ""},
        {**both, "platformId": 32, "percentage": 37.5, "note": "Regio"},
    ]


def test_flights_without_an_id_have_a_key_and_are_never_asked_for(server: GoTomServer) -> None:
    same: dict[str, Any] = {"externalId": None, "units": 5}
    server.sandbox.add_campaign("ui", flights=[{}, same, same])
    run = succeed(server.configure_campaigns("ui"), "flights", *PER_FLIGHT)
    first, second, third = (key for _, key in run.output.keys("flights"))
    assert first == "ui-1"
    assert second.startswith("hash:")
    assert third == f"{second}-2"
    assert len(run.records["flight_commissions"]) == 1
    assert "flight_commissions: 2 skipped" in run.log
    paths = [request.path for request in server.sandbox.requests]
    assert sum(path.startswith("/app-api/campaign/ui/flight/") for path in paths) == 2


def test_prices_of_flights_are_numbers_or_null(server: GoTomServer) -> None:
    prices: list[Any] = [38.5, "41.25", "loadFromRate", "1'000", None, "nan"]
    server.sandbox.add_campaign("p", flights=[{"bruttoPriceUnit": price} for price in prices])
    run = succeed(server.configure_campaigns("p"), "flights")
    found = [flight["bruttoPriceUnit"] for flight in run.records["flights"]]
    assert found == [38.5, 41.25, None, None, None, None]


def test_without_the_module_sublines_are_skipped(server: GoTomServer) -> None:
    server.sandbox.marketer_network = False
    run = succeed(server.configure_campaigns("demo-4711"), "flight_sublines")
    assert run.records["flight_sublines"] == []
    assert "flight_sublines:" in run.log


@pytest.mark.parametrize(
    ("flights", "words"),
    [
        (None, "flights"),
        ("none", "flights"),
        (["no flight"], "flights"),
        ([{"externalId": ["x"]}], "externalId"),
    ],
)
def test_flights_that_are_not_as_documented_fail_their_campaign_alone(
    server: GoTomServer, flights: Any, words: str
) -> None:
    server.sandbox.add_campaign("odd").content["flights"] = flights
    settings = server.configure_campaigns("odd", "demo-4711")
    run = fail(settings, "campaigns", "flights", "flight_commissions")
    assert len(run.records["campaigns"]) == 2
    for stream in ("flights", "flight_commissions"):
        assert len(run.records[stream]) == 2
        assert f"{stream} of campaign 'odd': '{words}' is not as documented" in run.log


def test_values_that_do_not_fit_fail_their_campaign_alone(server: GoTomServer) -> None:
    server.sandbox.add_campaign("odd", flights=[{"units": "many"}], campaignId="x")
    run = fail(server.configure_campaigns("odd", "demo-4711"), "campaigns", "flights")
    assert [flight["campaignExternalId"] for flight in run.records["flights"]] == ["demo-4711"] * 2
    assert [campaign["externalId"] for campaign in run.records["campaigns"]] == ["demo-4711"]
    assert "flights of campaign 'odd': The server sends the field 'units'" in run.log


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("sublines", build_json({"sublines": None})),
        ("sublines", build_json({"sublines": {}})),
        ("sublines", build_json({})),
        ("sublines", build_json([])),
        ("commission", INTERNAL_ERROR),
        ("commission", build_json({"bkPercent": "much"})),
    ],
)
def test_a_flight_fails_alone(server: GoTomServer, path: str, answer: Answer) -> None:
    server.answer(f"/app-api/campaign/demo-4711/flight/demo-4711-1/{path}", answer)
    stream = f"flight_{path.rstrip('s')}s"
    run = fail(server.configure_campaigns("demo-4711"), stream)
    assert {record["flightExternalId"] for record in run.records[stream]} == {"demo-4711-2"}
    assert f"{stream} of flight 'demo-4711-1' of campaign 'demo-4711'" in run.log


@pytest.mark.parametrize(
    "forbidden", [build_api_error(403, "Forbidden"), html_page(403, "Forbidden")]
)
def test_a_campaign_that_may_not_be_read_takes_no_other_along(
    server: GoTomServer, forbidden: Answer
) -> None:
    server.answer("/app-api/campaign/demo-4711/*/sublines", forbidden)
    settings = server.configure_campaigns("demo-4711", "demo-4712")
    run = fail(settings, "flight_sublines", "flights")
    sublines = run.records["flight_sublines"]
    assert [line["campaignExternalId"] for line in sublines] == ["demo-4712"] * 2
    assert "1 part(s) of the sync failed" in run.log
    assert "flight_sublines of flight 'demo-4711-1' of campaign 'demo-4711'" in run.log
    assert "flight_sublines: 1 skipped, as another flight of their campaign" in run.log
    assert len(run.records["flights"]) == 4


def test_flights_that_fail_in_a_row_end_their_stream(server: GoTomServer) -> None:
    fault = server.answer("/app-api/campaign/*/commission", INTERNAL_ERROR)
    wanted = [server.sandbox.add_campaign(f"c{number}").external_id for number in range(5)]
    run = fail(server.configure_campaigns(*wanted), "flight_commissions")
    assert fault.caught == 3
    assert "3 part(s) of the sync failed" in run.log
