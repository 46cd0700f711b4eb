"""The streams of flights and what belongs to each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, html_page
from tests.tap_gotom.command_line import fail, succeed
from tests.tap_gotom.servers import INTERNAL_ERROR, build_api_error

if TYPE_CHECKING:
    from tests.tap_gotom.servers import GoTomServer

ALL = ("campaigns", "flights", "flight_commissions", "flight_line_items", "flight_sublines")


def test_a_campaign_holds_no_flights_which_are_a_stream(server: GoTomServer) -> None:
    run = succeed(server.configure_api(campaign_external_ids=["demo-4711"]), *ALL)
    assert "flights" not in run.records["campaigns"][0]
    flight = run.records["flights"][0]
    assert (flight["campaignExternalId"], flight["externalId"]) == ("demo-4711", "demo-4711-1")
    assert flight["runtime"]["start"] == {"date": "2026-03-01", "time": "00:00"}
    assert flight["keyValueSetsXandr"][0]["outerOp"] == "AND"
    assert flight["extraPriceLevelId"] is None  # goTom leaves out what is not set


def test_each_flight_has_commissions_a_line_item_and_sublines(server: GoTomServer) -> None:
    run = succeed(server.configure_api(campaign_external_ids=["demo-4711"]), *ALL)
    both = {"campaignExternalId": "demo-4711", "flightExternalId": "demo-4711-1"}
    assert run.records["flight_commissions"][0] == {
        **both,
        "bkPercent": 15.0,
        "bkAmount": 0,
        "vmkType": "VMK",
        "vmkPercent": 5.0,
        "vmkAmount": 0,
    }
    assert run.records["flight_line_items"][0] == {
        **both,
        "strategyId": "gam-main",
        "adserverId": 6120044871,
    }
    assert run.records["flight_sublines"][:2] == [
        {**both, "platformId": 31, "percentage": 62.5, "note": ""},
        {**both, "platformId": 32, "percentage": 37.5, "note": "Regio"},
    ]


def test_flights_without_an_id_have_a_key_and_are_never_asked_for(server: GoTomServer) -> None:
    same: dict[str, Any] = {"externalId": None, "units": 5}
    server.sandbox.add_campaign("ui", flights=[{}, same, same])
    run = succeed(server.configure_api(campaign_external_ids=["ui"]), *ALL)
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
    run = succeed(server.configure_api(campaign_external_ids=["p"]), "flights")
    found = [flight["bruttoPriceUnit"] for flight in run.records["flights"]]
    assert found == [38.5, 41.25, None, None, None, None]


def test_without_the_module_sublines_are_skipped(server: GoTomServer) -> None:
    server.sandbox.marketer_network = False
    run = succeed(server.configure_api(campaign_external_ids=["demo-4711"]), "flight_sublines")
    assert run.records["flight_sublines"] == []
    assert "flight_sublines:" in run.log


@pytest.mark.parametrize("flights", [None, "none", ["no flight"], [{"externalId": ["x"]}]])
def test_flights_that_are_not_as_documented_fail_their_campaign_alone(
    server: GoTomServer, flights: Any
) -> None:
    server.sandbox.add_campaign("odd").content["flights"] = flights
    settings = server.configure_api(campaign_external_ids=["odd", "demo-4711"])
    run = fail(settings, "campaigns", "flights", "flight_commissions")
    assert len(run.records["campaigns"]) == 2
    assert len(run.records["flights"]) == len(run.records["flight_commissions"]) == 2
    for stream in ("flights", "flight_commissions"):
        assert f"{stream} of campaign 'odd': " in run.log


@pytest.mark.parametrize("sublines", ['{"sublines": null}', '{"sublines": {}}', "{}", "[]"])
def test_sublines_that_are_missing_are_not_taken_for_none(
    server: GoTomServer, sublines: str
) -> None:
    answer = Answer(200, sublines, {"Content-Type": "application/json"})
    path = "/app-api/campaign/demo-4711/flight/demo-4711-1/sublines"
    server.sandbox.faults.add("GET", path, answer, times=None)
    run = fail(server.configure_api(campaign_external_ids=["demo-4711"]), "flight_sublines")
    assert {flight for _, flight, _ in run.output.keys("flight_sublines")} == {"demo-4711-2"}


def test_values_that_do_not_fit_fail_their_campaign_alone(server: GoTomServer) -> None:
    server.sandbox.add_campaign("odd", flights=[{"units": "many"}], campaignId="x")
    run = fail(
        server.configure_api(campaign_external_ids=["odd", "demo-4711"]), "campaigns", "flights"
    )
    assert [flight["campaignExternalId"] for flight in run.records["flights"]] == ["demo-4711"] * 2
    assert [campaign["externalId"] for campaign in run.records["campaigns"]] == ["demo-4711"]
    assert "flights of campaign 'odd': The server sends the field 'units'" in run.log


@pytest.mark.parametrize(
    "forbidden", [build_api_error(403, "Forbidden"), html_page(403, "Forbidden")]
)
def test_a_campaign_that_may_not_be_read_takes_no_other_along(
    server: GoTomServer, forbidden: Answer
) -> None:
    path = "/app-api/campaign/demo-4711/*/sublines"
    server.sandbox.faults.add("GET", path, forbidden, times=None)
    settings = server.configure_api(campaign_external_ids=["demo-4711", "demo-4712"])
    run = fail(settings, "flight_sublines", "flights")
    sublines = run.records["flight_sublines"]
    assert [line["campaignExternalId"] for line in sublines] == ["demo-4712"] * 2
    assert "1 part(s) of the sync failed" in run.log
    assert "flight_sublines of flight 'demo-4711-1' of campaign 'demo-4711'" in run.log
    assert "flight_sublines: 1 skipped, as another flight of their campaign" in run.log
    assert len(run.records["flights"]) == 4


def test_a_flight_fails_alone(server: GoTomServer) -> None:
    path = "/app-api/campaign/demo-4711/flight/demo-4711-1/commission"
    server.sandbox.faults.add("GET", path, INTERNAL_ERROR, times=None)
    settings = server.configure_api(campaign_external_ids=["demo-4711"], max_retries=0)
    run = fail(settings, "flight_commissions")
    assert run.output.keys("flight_commissions") == [("demo-4711", "demo-4711-2")]
    assert "flight_commissions of flight 'demo-4711-1' of campaign 'demo-4711'" in run.log


def test_a_value_that_does_not_fit_fails_its_flight_alone(server: GoTomServer) -> None:
    server.sandbox.add_campaign("odd", flights=3).commissions["odd-2"]["bkPercent"] = "much"
    run = fail(server.configure_api(campaign_external_ids=["odd"]), "flight_commissions")
    assert run.output.keys("flight_commissions") == [("odd", "odd-1"), ("odd", "odd-3")]
    assert "flight_commissions of flight 'odd-2' of campaign 'odd'" in run.log


def test_flights_that_fail_in_a_row_end_their_stream(server: GoTomServer) -> None:
    path = "/app-api/campaign/*/commission"
    fault = server.sandbox.faults.add("GET", path, INTERNAL_ERROR, times=None)
    wanted = [server.sandbox.add_campaign(f"c{number}").external_id for number in range(5)]
    settings = server.configure_api(campaign_external_ids=wanted, max_retries=0)
    run = fail(settings, "flight_commissions")
    assert fault.caught == 3
    assert "3 part(s) of the sync failed" in run.log
