"""What becomes of a saved report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.gotom import Dialect, Report
from tests.sandbox.gotom.awkward_rows import HEADER, ROWS, UNICODE_ROWS
from tests.tap_gotom.places import cells, report

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

REPORT_PATH = "/app-api/graph-export/download/46"


def test_every_row_becomes_a_record_with_where_it_comes_from(place: Place, tap: Tap) -> None:
    place.save(("Kampagne", "Umsatz netto"), ("Frühling", "8662.50"), ("Sommer", "1200.00"))
    found = tap.succeed(place.graph(report())).records["sales"]
    times = {record.pop("_extracted_at") for record in found}
    assert len(times) == 1
    assert found == [
        {"_report_id": 46, "_row_number": 1, "kampagne": "Frühling", "umsatz_netto": "8662.50"},
        {"_report_id": 46, "_row_number": 2, "kampagne": "Sommer", "umsatz_netto": "1200.00"},
    ]


def test_graph_and_custom_reports_are_fetched_where_each_kind_is(place: Place, tap: Tap) -> None:
    place.save(("A",), ("graph",), number=46, kind="graph")
    place.save(("A",), ("custom",), number=46, kind="custom")
    run = tap.succeed(
        place.graph(report("one", kind="graph"), report("two", kind="custom")),
    )
    assert cells(run.records["one"]) == [{"a": "graph"}]
    assert cells(run.records["two"]) == [{"a": "custom"}]


@pytest.mark.parametrize(
    ("dialect", "more"),
    [
        (Dialect(), {}),
        (Dialect(has_bom=True), {}),
        (Dialect(has_bom=True), {"encoding": "utf-8"}),
        (Dialect(delimiter=";", line_end="\r\n"), {"delimiter": ";"}),
        (Dialect(delimiter="\t", quotes_all=False), {"delimiter": "\\t"}),
        (Dialect(quote="'", quotes_all=False), {"quotechar": "'"}),
        (Dialect(encoding="utf-16-le"), {"encoding": "utf-16-le"}),
    ],
    ids=str,
)
def test_cells_come_out_as_they_are_in_whatever_way_they_are_written(
    place: Place, tap: Tap, dialect: Dialect, more: dict[str, Any]
) -> None:
    rows = [*ROWS, *UNICODE_ROWS]
    place.save(HEADER, *rows, dialect=dialect)
    found = tap.succeed(place.graph(report(**more))).records["sales"]
    assert [tuple(record.values()) for record in cells(found)] == rows


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("length", [(1 << 13) - 20, (1 << 17) - 20, (1 << 18) - 20])
def test_line_breaks_in_cells_are_kept_where_buffers_end(
    place: Place, tap: Tap, line_end: str, length: int
) -> None:
    rows = [("x" * (length + shift), f"a{line_end}b\x00c", "é") for shift in range(0, 20, 3)]
    place.save(("A", "B", "C"), *rows, dialect=Dialect(line_end=line_end))
    found = tap.succeed(place.graph(report())).records["sales"]
    assert [tuple(record.values()) for record in cells(found)] == rows


def test_a_delimiter_at_the_end_of_each_line_makes_a_column_without_a_name(
    place: Place, tap: Tap
) -> None:
    place.server.add_report(46, Report(b"A;B;\n1;2;\n"))
    found = tap.succeed(place.graph(report(delimiter=";"))).records["sales"]
    assert cells(found) == [{"a": "1", "b": "2", "column_3": ""}]


def test_a_hundred_and_fifty_columns_of_one_name_stay_apart(place: Place, tap: Tap) -> None:
    header = ["Umsatz"] * 150 + [f"Spalte {number}" for number in range(50)]
    row = [str(number) for number in range(200)]
    place.save(header, row)
    run = tap.succeed(place.graph(report(primary_keys=["umsatz_150", "Spalte 3"])))
    (found,) = cells(run.records["sales"])
    assert list(found.values()) == row
    assert run.output.schemas["sales"]["key_properties"] == ["umsatz_150", "spalte_3"]


def test_windows_1252_is_read_when_the_settings_say_so(place: Place, tap: Tap) -> None:
    place.save(HEADER, *ROWS, dialect=Dialect(encoding="cp1252", delimiter=";"))
    found = tap.succeed(place.graph(report(encoding="cp1252", delimiter=";"))).records["sales"]
    assert [tuple(record.values()) for record in cells(found)] == list(ROWS)


def test_the_wrong_encoding_fails_instead_of_garbling(place: Place, tap: Tap) -> None:
    place.save(("Kampagne",), ("Zürich",), dialect=Dialect(encoding="cp1252"))
    run = tap.fail(place.graph(report()))
    assert "Set 'encoding'" in run.log
    assert "RECORD" not in run.output.kinds("sales")


def test_both_ways_of_writing_records_give_the_same(place: Place, tap: Tap) -> None:
    place.save(HEADER, *ROWS, *UNICODE_ROWS)
    fast = tap.succeed(place.graph(report()))
    usual = tap.succeed(place.graph(report(), flattening_enabled=True, flattening_max_depth=1))
    for run in (fast, usual):
        for record in run.records["sales"]:
            del record["_extracted_at"]
    assert fast.records == usual.records


def test_two_hundred_columns_are_no_trouble(place: Place, tap: Tap) -> None:
    header = [f"Spalte {number}" for number in range(200)]
    place.save(header, *[[f"{row}/{column}" for column in range(200)] for row in range(30)])
    found = cells(tap.succeed(place.graph(report())).records["sales"])
    assert [list(record.values()) for record in found] == [
        [f"{row}/{column}" for column in range(200)] for row in range(30)
    ]


def test_with_columns_in_the_settings_discovery_asks_nothing(place: Place, tap: Tap) -> None:
    settings = place.graph(report(columns={"Kampagne": "string", "Umsatz netto": "number"}))
    (stream,) = tap.discover(settings)["streams"]
    assert stream["schema"]["properties"]["umsatz_netto"] == {
        "type": ["number", "null"],
        "title": "Umsatz netto",
    }
    assert place.server.requests == []


def test_without_columns_discovery_reads_the_first_record_alone(place: Place, tap: Tap) -> None:
    place.server.add_report(46, Report.of_size(1 << 40))
    (stream,) = tap.discover(place.graph(report()))["streams"]
    assert all(
        schema["type"] == ["string", "null"]
        for name, schema in stream["schema"]["properties"].items()
        if not name.startswith("_")
    )


def test_a_sync_with_a_catalog_fetches_each_report_once(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))
    catalog = tap.discover(place.graph(report()))
    before = len(place.received(REPORT_PATH))
    run = tap.succeed(place.graph(report()), catalog=catalog)
    assert len(run.records["sales"]) == 1
    assert len(place.received(REPORT_PATH)) == before + 1


def test_the_download_is_signed_and_says_that_it_wants_csv(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))
    tap.succeed(place.graph(report()))
    for request in place.received(REPORT_PATH):
        assert request.headers["content-type"] == "text/csv"
        assert re.fullmatch(
            r"gotom_app_api graph_user:[A-Za-z0-9+/]{27}=", request.headers["authorization"]
        )
