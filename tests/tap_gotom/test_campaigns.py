"""The streams of campaigns and their discounts, and the external ids that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_gotom.streams.campaigns import deduplicate_ids
from tests.sandbox.faults import Answer, html_page
from tests.sandbox.gotom import Report
from tests.tap_gotom.command_line import fail, succeed
from tests.tap_gotom.servers import (
    API_SECRET,
    INTERNAL_ERROR,
    build_api_error,
    build_json,
    define_report,
    read_cells,
)

if TYPE_CHECKING:
    from singer_tapkit.testing import TapRun
    from tests.tap_gotom.servers import GoTomServer

ALL = (
    "campaigns",
    "flights",
    "campaign_discounts",
    "flight_discounts",
    "flight_commissions",
    "flight_line_items",
    "flight_sublines",
)
REPORT = "/app-api/graph-export/download/46"


def read_ids(run: TapRun) -> list[str]:
    return [record["externalId"] for record in run.records["campaigns"]]


def configure_report(
    server: GoTomServer, *external_ids: str, name: str = "sales", **columns: str
) -> dict[str, Any]:
    """Return the settings for campaigns that a report names in its column *Externe ID*."""
    report = define_report(name, columns={"Externe ID": "string", **columns})
    ids_from = {"report": name, "column": "Externe ID"}
    more = {"reports": [report], "campaign_external_ids_from": ids_from}
    return {**server.configure_all(), **server.configure_campaigns(*external_ids, **more)}


def test_each_campaign_is_asked_for_once_for_all_streams(server: GoTomServer) -> None:
    run = succeed(server.configure_campaigns("demo-4711"), *ALL)
    assert len(server.received("/app-api/campaign/demo-4711")) == 1
    assert len(server.received("/app-api/campaign/demo-4711/campaign-discount")) == 1
    for stream in ALL:
        keys = run.output.keys(stream)
        assert keys
        assert len(set(keys)) == len(keys)
    assert run.output.keys("campaign_discounts") == [
        ("demo-4711", "ext:cd-1"),
        ("demo-4711", "id:3107"),
    ]
    assert run.output.keys("flight_discounts") == [
        ("demo-4711", "ext:cd-1", "ext:fd-1"),
        ("demo-4711", "ext:cd-1", "ext:fd-2"),
        ("demo-4711", "id:3107", "id:8812"),
        ("demo-4711", "id:3107", "id:8813"),
    ]


def test_ids_that_are_unknown_or_out_of_reach_are_skipped_and_counted(server: GoTomServer) -> None:
    wanted = ["nope-1", "Sommer & Seen/2026 ü", "demo-4711", "nope-2", "..", "."]
    run = succeed(server.configure_campaigns(*wanted), "campaigns", "flights")
    assert read_ids(run) == ["demo-4711"]
    assert "campaigns: 2 skipped, unknown to goTom" in run.log
    assert "campaigns: 3 skipped, out of the API's reach" in run.log
    assert "'nope-1' GET /app-api/campaign/nope-1 answered 404" in run.log


def test_awkward_ids_are_encoded_and_the_encoded_form_is_signed(server: GoTomServer) -> None:
    awkward = ["Sommer & Seen 2026 ü", "50%", "a?b=c", "x#y", "it's+fine;ok", "日本", "a%2Fb"]
    for external_id in awkward:
        server.sandbox.add_campaign(external_id)
    run = succeed(server.configure_campaigns(*awkward), *ALL)
    assert read_ids(run) == awkward
    assert len(run.records["flight_commissions"]) == 2 * len(awkward)


def test_missing_rights_stop_after_three_campaigns(server: GoTomServer) -> None:
    server.sandbox.add_user("api_user", API_SECRET, ["lookups"])
    wanted = [f"demo-{number}" for number in range(9)]
    run = fail(server.configure_campaigns(*wanted), "campaigns", "media")
    paths = [request.path for request in server.sandbox.requests]
    assert sum(path.startswith("/app-api/campaign/") for path in paths) == 3
    assert "'api_user'" in run.log
    assert len(run.records["media"]) == 3


@pytest.mark.parametrize(
    ("stream", "rows", "flights"), [("campaigns", 1, 2), ("campaign_discounts", 2, 4)]
)
@pytest.mark.parametrize(
    "answer",
    [
        INTERNAL_ERROR,
        build_api_error(403, "Forbidden"),
        html_page(403, "Forbidden"),
        build_json({"externalId": ["x"], "campaignDiscounts": None}),
        build_json({"externalId": {}, "campaignDiscounts": [7]}),
        build_json([]),
        build_json(None),
    ],
)
def test_a_campaign_fails_alone(
    server: GoTomServer, stream: str, rows: int, flights: int, answer: Answer
) -> None:
    path = "/app-api/campaign/odd" + ("/campaign-discount" if stream != "campaigns" else "")
    server.sandbox.add_campaign("odd")
    server.answer(path, answer)
    run = fail(server.configure_campaigns("odd", "demo-4711"), "campaigns", "flights", stream)
    first_keys = {key[0] for key in run.output.keys(stream)}
    assert first_keys == {"demo-4711"}
    assert (len(run.records[stream]), len(run.records["flights"])) == (rows, flights)
    assert run.log.count(f"{stream} of 'odd'") == 2  # once as it happens, once at the end
    assert "1 part(s) of the sync failed" in run.log


def test_what_was_read_before_three_failures_in_a_row_is_written(server: GoTomServer) -> None:
    server.answer("/app-api/campaign/bad-*", INTERNAL_ERROR)
    wanted = ["demo-4711", "bad-1", "bad-2", "bad-3", "demo-4712"]
    run = fail(server.configure_campaigns(*wanted), *ALL)
    assert read_ids(run) == ["demo-4711"]
    assert len(run.records["campaign_discounts"]) == len(run.records["flights"]) == 2
    assert "Stream aborted after 3 consecutive failures" in run.log


@pytest.mark.parametrize(("external_id", "found"), [(7, "7"), (None, "odd")])
def test_a_campaign_is_known_by_its_external_id_or_by_what_was_asked_for(
    server: GoTomServer, external_id: Any, found: str
) -> None:
    server.answer("/app-api/campaign/odd", build_json({"externalId": external_id}))
    assert read_ids(succeed(server.configure_campaigns("odd"), "campaigns")) == [found]


def test_missing_flight_discounts_are_not_taken_for_none(server: GoTomServer) -> None:
    campaign = server.sandbox.add_campaign("odd")
    del campaign.discounts[0]["flightDiscounts"]
    campaign.discounts[1]["flightDiscounts"] = []
    run = fail(server.configure_campaigns("odd", "demo-4711"), "flight_discounts")
    assert len(run.records["flight_discounts"]) == 4
    assert "flight_discounts of ext:cd-1 of 'odd'" in run.log


def test_ids_come_from_a_report_that_is_fetched_once(server: GoTomServer) -> None:
    rows = [("a", "demo-4711"), ("b", ""), ("c", "DEMO-4711"), ("d", "demo-4712")]
    server.save(("Name", "Externe ID"), *rows)
    settings = configure_report(server, "demo-4712", Name="string")
    run = succeed(settings, "campaigns", "sales", "flights")
    assert read_ids(run) == ["demo-4712", "demo-4711"]
    assert len(read_cells(run.records["sales"])) == 4
    assert len(server.received(REPORT)) == 1


def test_a_cell_that_does_not_fit_fails_the_report_and_not_the_campaigns_in_it(
    server: GoTomServer,
) -> None:
    server.save(("Externe ID", "Umsatz"), ("demo-4711", "1'234"))
    settings = configure_report(server, name="a_report", Umsatz="number")
    run = fail(settings, "a_report", "campaigns")
    assert read_ids(run) == ["demo-4711"]
    assert len(server.received(REPORT)) == 1
    assert "1 part(s) of the sync failed" in run.log


def test_ids_are_the_same_in_capitals_and_keep_their_first_spelling() -> None:
    ids = ["Demo-1", "demo-1", "", " ", "DEMO-2", "Straße", "STRASSE"]
    assert list(deduplicate_ids(ids)) == ["Demo-1", "DEMO-2", "Straße"]


@pytest.mark.parametrize("body", [b"Name\nc-1\n", b"Externe ID,B\nc-1\n", b"<html>"])
def test_a_report_that_cannot_be_read_leaves_the_ids_of_the_settings(
    server: GoTomServer, body: bytes
) -> None:
    server.sandbox.add_report(46, Report(body))
    run = fail(configure_report(server, "demo-4712"), "campaigns")
    assert read_ids(run) == ["demo-4712"]
    assert "campaigns of the report sales: " in run.log


def test_a_report_of_ids_needs_credentials(server: GoTomServer) -> None:
    settings = configure_report(server)
    del settings["graph_user"], settings["graph_secret"]
    run = fail(settings, "campaigns")
    assert "'graph_user' and 'graph_secret' are missing to read it with" in run.log


def test_a_report_with_nothing_but_a_header_is_reported(server: GoTomServer) -> None:
    server.save(("Externe ID",))
    run = succeed(configure_report(server), "campaigns")
    assert read_ids(run) == []
    assert "report sales has no rows" in run.log
