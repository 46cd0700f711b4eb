"""Campaigns by their external ids, and everything below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.faults import Answer
from tests.sandbox.gotom import Report
from tests.sandbox.gotom.troubles import internal_error
from tests.singer import keys_of
from tests.tap_gotom.places import API_SECRET, cells, report

if TYPE_CHECKING:
    from tests.command_line import Run
    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

ALL = (
    "campaigns",
    "flights",
    "campaign_discounts",
    "flight_discounts",
    "flight_commissions",
    "flight_line_items",
    "flight_sublines",
)


def ids(run: Run) -> list[str]:
    return [record["externalId"] for record in run.records["campaigns"]]


def asked(place: Place, path: str) -> int:
    return sum(request.path.startswith(path) for request in place.server.requests)


def test_each_campaign_is_asked_for_once_for_all_streams(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.api(campaign_external_ids=["demo-4711"]), *ALL)
    assert len(place.received("/app-api/campaign/demo-4711")) == 1
    assert len(place.received("/app-api/campaign/demo-4711/campaign-discount")) == 1
    for stream in ALL:
        keys = keys_of(run.output, stream)
        assert keys
        assert len(set(keys)) == len(keys)


def test_a_campaign_holds_no_flights_which_are_a_stream(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.api(campaign_external_ids=["demo-4711"]), *ALL)
    assert "flights" not in run.records["campaigns"][0]
    flight = run.records["flights"][0]
    assert (flight["campaignExternalId"], flight["externalId"]) == ("demo-4711", "demo-4711-1")
    assert flight["runtime"]["start"] == {"date": "2026-03-01", "time": "00:00"}
    assert flight["keyValueSetsXandr"][0]["outerOp"] == "AND"
    assert flight["extraPriceLevelId"] is None  # goTom leaves out what is not set


def test_what_is_told_of_each_flight(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.api(campaign_external_ids=["demo-4711"]), *ALL)
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


def test_discounts_have_keys_of_either_kind(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.api(campaign_external_ids=["demo-4711"]), *ALL)
    assert keys_of(run.output, "campaign_discounts") == [
        ("demo-4711", "ext:cd-1"),
        ("demo-4711", "id:3107"),
    ]
    assert keys_of(run.output, "flight_discounts") == [
        ("demo-4711", "ext:cd-1", "ext:fd-1"),
        ("demo-4711", "ext:cd-1", "ext:fd-2"),
        ("demo-4711", "id:3107", "id:8812"),
        ("demo-4711", "id:3107", "id:8813"),
    ]


def test_ids_that_are_unknown_or_out_of_reach_are_skipped_and_counted(
    place: Place, tap: Tap
) -> None:
    wanted = ["nope-1", "Sommer & Seen/2026 ü", "demo-4711", "nope-2", ".."]
    run = tap.succeed(place.api(campaign_external_ids=wanted), "campaigns", "flights")
    assert ids(run) == ["demo-4711"]
    assert "campaigns: 2 skipped, unknown to goTom" in run.log
    assert "campaigns: 2 skipped, out of the API's reach" in run.log
    assert "'nope-1' GET /app-api/campaign/nope-1 answered 404" in run.log


def test_ids_in_capitals_are_the_same(place: Place, tap: Tap) -> None:
    wanted = ["DEMO-4711", "demo-4711", "Demo-4711"]
    assert ids(tap.succeed(place.api(campaign_external_ids=wanted), "campaigns")) == ["demo-4711"]
    assert asked(place, "/app-api/campaign/") == 1


def test_awkward_ids_are_encoded_and_the_encoded_form_is_signed(place: Place, tap: Tap) -> None:
    awkward = ["Sommer & Seen 2026 ü", "50%", "a?b=c", "x#y", "it's+fine;ok", "日本", "a%2Fb"]
    for external_id in awkward:
        place.server.add_campaign(external_id)
    run = tap.succeed(place.api(campaign_external_ids=awkward), *ALL)
    assert ids(run) == awkward
    assert len(run.records["flight_commissions"]) == 2 * len(awkward)


def test_flights_without_an_id_have_a_key_and_are_never_asked_for(place: Place, tap: Tap) -> None:
    same: dict[str, Any] = {"externalId": None, "units": 5}
    place.server.add_campaign("ui", flights=[{}, same, same])
    run = tap.succeed(place.api(campaign_external_ids=["ui"]), *ALL)
    first, second, third = (key for _, key in keys_of(run.output, "flights"))
    assert first == "ui-1"
    assert second.startswith("hash:")
    assert third == f"{second}-2"
    assert len(run.records["flight_commissions"]) == 1
    assert "flight_commissions: 2 skipped, without an external id" in run.log
    assert asked(place, "/app-api/campaign/ui/flight/") == 2


def test_prices_of_flights_are_numbers_or_null(place: Place, tap: Tap) -> None:
    prices: list[Any] = [38.5, "41.25", "loadFromRate", "1'000", None, "nan"]
    place.server.add_campaign("p", flights=[{"bruttoPriceUnit": price} for price in prices])
    run = tap.succeed(place.api(campaign_external_ids=["p"]), "flights")
    found = [flight["bruttoPriceUnit"] for flight in run.records["flights"]]
    assert found == [38.5, 41.25, None, None, None, None]


def test_without_the_module_sublines_are_skipped(place: Place, tap: Tap) -> None:
    place.server.instance.marketer_network = False
    run = tap.succeed(place.api(campaign_external_ids=["demo-4711"]), "flight_sublines")
    assert run.records["flight_sublines"] == []
    assert "flight_sublines:" in run.log


def test_a_forbidden_module_is_asked_for_once(place: Place, tap: Tap) -> None:
    forbidden = Answer(403, "<html>Forbidden</html>", {"Content-Type": "text/html"})
    path = "/app-api/campaign/*/sublines"
    place.server.faults.add("GET", path, forbidden, times=None)
    run = tap.succeed(
        place.api(campaign_external_ids=["demo-4711", "demo-4712"]), "flight_sublines", "flights"
    )
    assert "for want of the module for marketer networks" in run.log
    assert sum(request.path.endswith("/sublines") for request in place.server.requests) == 1
    assert len(run.records["flights"]) == 4


def test_a_campaign_fails_alone(place: Place, tap: Tap) -> None:
    path = "/app-api/campaign/demo-4711"
    place.server.faults.add("GET", path, internal_error(), times=None)
    settings = place.api(campaign_external_ids=["demo-4711", "demo-4712"], max_retries=0)
    run = tap.fail(settings, "campaigns", "flights")
    assert ids(run) == ["demo-4712"]
    assert len(run.records["flights"]) == 2
    assert run.log.count("campaigns of 'demo-4711'") == 2  # once as it happens, once at the end


def test_a_server_that_fails_again_and_again_is_not_asked_for_every_campaign(
    place: Place, tap: Tap
) -> None:
    place.server.faults.add("GET", "/app-api/campaign/*", internal_error(), times=None)
    wanted = [f"demo-{number}" for number in range(50)]
    tap.fail(place.api(campaign_external_ids=wanted, max_retries=0), "campaigns", "flights")
    assert asked(place, "/app-api/campaign/") == 3


def test_missing_rights_stop_at_the_first_campaign(place: Place, tap: Tap) -> None:
    place.server.add_user("api_user", API_SECRET, ["lookups"])
    wanted = ["demo-4711", "demo-4712"]
    run = tap.fail(place.api(campaign_external_ids=wanted), "campaigns", "media")
    assert asked(place, "/app-api/campaign/") == 1
    assert "'api_user'" in run.log
    assert len(run.records["media"]) == 3


def test_ids_come_from_a_report_that_is_fetched_once(place: Place, tap: Tap) -> None:
    rows = [("a", "demo-4711"), ("b", ""), ("c", "DEMO-4711"), ("d", "demo-4712")]
    place.save(("Name", "Externe ID"), *rows)
    settings = place.both(
        report(columns={"Name": "string", "Externe ID": "string"}),
        campaign_external_ids=["demo-4712"],
        campaign_external_ids_from={"report": "sales", "column": "Externe ID"},
    )
    run = tap.succeed(settings, "campaigns", "sales", "flights")
    assert ids(run) == ["demo-4712", "demo-4711"]
    assert len(cells(run.records["sales"])) == 4
    assert len(place.received("/app-api/graph-export/download/46")) == 1


def test_ids_come_from_a_report_that_is_not_selected(place: Place, tap: Tap) -> None:
    place.save(("Externe ID",), ("demo-4711",))
    settings = place.both(
        report(), campaign_external_ids_from={"report": "sales", "column": "Externe ID"}
    )
    run = tap.succeed(settings, "campaigns")
    assert ids(run) == ["demo-4711"]
    assert "sales" not in run.records


def test_a_report_that_fails_takes_the_campaigns_with_it_and_nothing_else(
    place: Place, tap: Tap
) -> None:
    place.server.add_report(46, Report.of_page("Error", 500))
    settings = place.both(
        report(columns={"Id": "string"}),
        campaign_external_ids_from={"report": "sales", "column": "Id"},
        max_retries=0,
    )
    run = tap.fail(settings, "campaigns", "sales", "media")
    assert len(run.records["media"]) == 3
    assert len(place.received("/app-api/graph-export/download/46")) == 1
    assert "'kind' custom" in run.log


def test_the_campaigns_in_the_settings_are_read_when_the_report_fails(
    place: Place, tap: Tap
) -> None:
    settings = place.both(
        report(columns={"Id": "string"}),
        campaign_external_ids=["demo-4711"],
        campaign_external_ids_from={"report": "sales", "column": "Id"},
    )
    run = tap.fail(settings, "campaigns", "flights")
    assert ids(run) == ["demo-4711"]
    assert len(run.records["flights"]) == 2
    assert "1 part(s) of the sync failed" in run.log
    assert "campaigns of the report sales: GET /app-api/graph-export/download/46" in run.log


def test_an_answer_of_another_shape_fails_alone(place: Place, tap: Tap) -> None:
    place.server.add_campaign("odd").content["flights"] = ["no flight"]
    run = tap.fail(place.api(campaign_external_ids=["odd"]), "campaigns", "flights", "media")
    assert ids(run) == ["odd"]
    assert "flights: an answer of the server is not as documented" in run.log
    assert len(run.records["media"]) == 3


def test_a_column_that_is_not_there_is_named(place: Place, tap: Tap) -> None:
    place.save(("Id",), ("demo-4711",))
    settings = place.both(
        report(), campaign_external_ids_from={"report": "sales", "column": "Kampagne"}
    )
    run = tap.fail(settings, "campaigns")
    assert "has no column 'Kampagne'" in run.log


def in_turn(place: Place, *statuses: int) -> dict[str, Any]:
    """Let campaigns c0, c1, … be answered with these statuses, and give the settings for them."""
    names = [f"c{number}" for number in range(len(statuses))]
    for name, status in zip(names, statuses, strict=True):
        place.server.add_campaign(name)
        if status != 200:
            trouble = Answer(status, "{}")
            place.server.faults.add("GET", f"/app-api/campaign/{name}", trouble, times=None)
    return place.api(max_retries=0, campaign_external_ids=names)


def test_failures_with_answers_between_them_are_not_in_a_row(place: Place, tap: Tap) -> None:
    run = tap.fail(in_turn(place, 500, 404, 500, 404, 500, 200), "campaigns")
    assert ids(run) == ["c5"]
    assert "left out" not in run.log


def test_three_failures_in_a_row_leave_out_the_rest_and_say_so(place: Place, tap: Tap) -> None:
    run = tap.fail(in_turn(place, 200, 500, 500, 500, 200), "campaigns")
    assert not place.received("/app-api/campaign/c4")
    summary = run.log.partition("part(s) of the sync failed")[2].splitlines()[1:]
    assert [line.partition(":")[0] for line in summary] == [
        f"- campaigns of 'c{number}'" for number in (1, 2, 3)
    ]
    assert [line.endswith("that was not the first in a row.") for line in summary] == [
        False,
        False,
        True,
    ]
