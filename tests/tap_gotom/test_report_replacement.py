"""Reports without a key replace the table, but never by something incomplete."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.command_line import messages, read_until, stop
from tests.sandbox.faults import CutOff
from tests.sandbox.gotom import Ending, Report
from tests.tap_gotom.places import cells, report

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

ROWS = b'"A","B"\n"1","x"\n"2","y"\n"3","z"\n'


def test_the_version_is_activated_after_the_last_row(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",), ("2",))
    run = tap.succeed(place.graph(report()))
    assert run.output.kinds("sales") == ["SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION"]
    versions = {
        message["version"] for message in run.output.messages if message["type"] == "RECORD"
    }
    assert versions == set(run.output.activated)


def test_each_run_has_a_greater_version(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))
    first = tap.succeed(place.graph(report()))
    second = tap.succeed(place.graph(report()), state=first.state)
    assert second.output.activated[0] > first.output.activated[0]


def test_a_version_tells_milliseconds_lest_a_killed_run_has_the_same(
    place: Place, tap: Tap
) -> None:
    place.save(("A",), ("1",))
    begin = time.time_ns() // 10**6
    (version,) = tap.succeed(place.graph(report())).output.activated
    assert begin <= version <= time.time_ns() // 10**6


def test_the_version_is_activated_after_the_last_row_on_the_usual_path_too(
    place: Place, tap: Tap
) -> None:
    place.save(("A",), ("1",), ("2",))
    run = tap.succeed(place.graph(report(), stream_maps={"sales": {"a": "a + '!'"}}))
    assert run.output.kinds("sales") == ["SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION"]
    assert [record["a"] for record in run.records["sales"]] == ["1!", "2!"]


def test_a_report_with_a_key_has_no_versions(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))
    run = tap.succeed(place.graph(report(primary_keys=["A"])))
    assert run.output.activated == []
    assert run.output.schemas["sales"]["key_properties"] == ["a"]
    assert all("version" not in message for message in run.output.messages)


@pytest.mark.parametrize("content", [b"", b'"A","B"\n'], ids=["nothing", "header"])
def test_an_empty_report_removes_nothing(place: Place, tap: Tap, content: bytes) -> None:
    place.server.add_report(46, Report(ROWS))
    catalog = tap.discover(place.graph(report()))
    first = tap.succeed(place.graph(report()), catalog=catalog)
    place.server.add_report(46, Report(content))
    second = tap.succeed(place.graph(report()), catalog=catalog, state=first.state)
    assert second.output.kinds("sales") == ["SCHEMA"]
    assert "has no rows" in second.log
    assert second.state["bookmarks"]["sales"] == first.state["bookmarks"]["sales"]


@pytest.mark.parametrize(
    "damaged",
    [
        Report(ROWS, ends_after=22),
        Report(ROWS, ends_after=22, declares_length=True),
        Report(ROWS, ends_after=22, ending=Ending.RESET),
        Report(ROWS, ends_after=22, ending=Ending.ORDERLY),
        Report(ROWS, ends_after=20, ending=Ending.ORDERLY),
        Report(b'"A","B"\n"1","x"\n"2"\n"3","z"\n'),
        Report(b'"A","B"\n"1","x"\n"2","y","?"\n'),
        Report(b'"A","B"\n"1","x"\n"2"3,"y"\n'),
        Report.of_page("Login"),
        Report(b"<!DOCTYPE html><html>"),
        Report(b"\xef\xbb\xbf\n<html>\n<body>"),
        Report.of_page("Error", 500),
        Report.of_page("Not Found", 404),
        Report.of_redirect("https://elsewhere.example/app-api/graph-export/download/46"),
    ],
    ids=lambda damaged: f"{damaged.status}-{damaged.ends_after}-{damaged.ending.value}",
)
def test_a_damaged_report_writes_nothing_and_keeps_the_state(
    place: Place, tap: Tap, damaged: Report
) -> None:
    place.server.add_report(46, Report(ROWS))
    settings = place.graph(report(), max_retries=0)
    catalog = tap.discover(settings)
    first = tap.succeed(settings, catalog=catalog)
    place.server.add_report(46, damaged)
    second = tap.fail(settings, catalog=catalog, state=first.state)
    assert second.output.kinds("sales") == ["SCHEMA"]
    assert second.state == first.state
    assert "graph-export/download/46" in second.log or "graph report 46" in second.log


def test_one_failing_report_fails_alone(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",), number=1)
    place.save(("A",), ("3",), number=3)
    settings = place.graph(report("one", 1), report("two", 2), report("three", 3))
    run = tap.fail(settings)
    assert cells(run.records["one"]) == [{"a": "1"}]
    assert cells(run.records["three"]) == [{"a": "3"}]
    assert "two: GET /app-api/graph-export/download/2 answered 404" in run.log
    assert run.output.kinds("two") == []
    assert {"one", "three"} <= run.state["bookmarks"].keys()


def test_a_report_that_cannot_be_discovered_is_left_out_and_still_fails_the_run(
    place: Place, tap: Tap
) -> None:
    place.save(("A",), ("1",), number=1)
    settings = place.graph(report("one", 1), report("two", 2))
    catalog = tap.discover(settings)
    assert [stream["tap_stream_id"] for stream in catalog["streams"]] == ["one"]
    run = tap.fail(settings, catalog=catalog)
    assert len(run.records["one"]) == 1
    assert "download/2 answered 404" in run.log


def test_a_broken_transfer_is_fetched_again(place: Place, tap: Tap) -> None:
    place.server.add_report(46, Report(ROWS))
    catalog = tap.discover(place.graph(report()))
    place.server.faults.add("GET", "/app-api/graph-export/download/46", CutOff(22))
    run = tap.succeed(place.graph(report()), catalog=catalog)
    assert "Trying again" in run.log
    assert [record["a"] for record in run.records["sales"]] == ["1", "2", "3"]


def test_a_line_of_totals_is_told_at_once(place: Place, tap: Tap) -> None:
    place.server.add_report(46, Report(b'"A","B"\n"1","x"\n"Total"\n'))
    run = tap.fail(place.graph(report(columns={"A": "string", "B": "string"})))
    assert "row 2: 1 cells instead of 2" in run.log
    assert "a line of totals" in run.log
    assert len(place.received("/app-api/graph-export/download/46")) == 1


def test_an_error_500_is_tried_again_only_twice_and_then_explained(place: Place, tap: Tap) -> None:
    place.server.add_report(46, Report.of_page("Internal Server Error", 500))
    run = tap.fail(place.graph(report(columns={"A": "string"}), max_retries=6))
    assert len(place.received("/app-api/graph-export/download/46")) == 3
    assert "not a report of 'kind' custom" in run.log


def test_rows_are_not_loaded_by_halves_when_a_cell_does_not_fit(place: Place, tap: Tap) -> None:
    place.save(("Name", "Umsatz"), ("a", "1.5"), ("b", ""), ("c", "1'234.50"))
    settings = place.graph(report(columns={"Name": "string", "Umsatz": "number"}))
    run = tap.fail(settings)
    assert run.output.kinds("sales") == ["SCHEMA"]
    assert "row 3, column 'Umsatz'" in run.log
    assert "9'999.99" in run.log
    assert "1'234.50" not in run.log


def test_an_empty_cell_of_a_typed_column_is_null(place: Place, tap: Tap) -> None:
    place.save(("Name", "Umsatz"), ("", ""))
    settings = place.graph(report(columns={"Name": "string", "Umsatz": "number"}))
    assert cells(tap.succeed(settings).records["sales"]) == [{"name": "", "umsatz": None}]


def test_an_empty_cell_in_a_typed_key_is_an_error(place: Place, tap: Tap) -> None:
    place.save(("Id",), ("1",), ("",), ("3",))  # fmt: skip
    settings = place.graph(report(columns={"Id": "integer"}, primary_keys=["Id"]))
    run = tap.fail(settings)
    assert "row 2, column 'Id'" in run.log
    assert run.output.kinds("sales") == ["SCHEMA"]


def test_an_unchanged_report_is_skipped_when_told_so(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))
    settings = place.graph(report(skip_unchanged=True))
    first = tap.succeed(settings)
    second = tap.succeed(settings, state=first.state)
    assert second.output.kinds("sales") == ["SCHEMA"]
    assert "the same as last time" in second.log
    assert second.state["bookmarks"]["sales"] == first.state["bookmarks"]["sales"]
    place.save(("A",), ("2",))
    third = tap.succeed(settings, state=second.state)
    assert cells(third.records["sales"]) == [{"a": "2"}]


def test_an_unchanged_report_is_loaded_after_a_run_that_was_killed_while_it_wrote(
    place: Place, tap: Tap
) -> None:
    place.server.add_report(46, Report.of_size(2 << 20))
    settings = place.graph(report(skip_unchanged=True))
    process = tap.start(settings)
    written = read_until(process, '"RECORD"') + stop(process, signal.SIGTERM)
    states = [line["value"] for line in messages(written) if line["type"] == "STATE"]
    assert states
    run = tap.succeed(settings, state=states[-1])
    records = sum('"RECORD"' in line for line in written)
    assert records < len(run.records["sales"])
    assert len(run.output.activated) == 1


def test_an_unchanged_report_is_loaded_when_its_settings_are_not_the_same(
    place: Place, tap: Tap
) -> None:
    place.save(("A",), ("1",))
    first = tap.succeed(place.graph(report(skip_unchanged=True)))
    settings = place.graph(report(skip_unchanged=True, columns={"A": "integer"}))
    second = tap.succeed(settings, state=first.state)
    assert cells(second.records["sales"]) == [{"a": 1}]
