"""The streams of saved reports."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import create_autospec

import duckdb
import pytest

from tests.sandbox.gotom import Report
from tests.sandbox.gotom.awkward_rows import HEADER, ROWS, UNICODE_ROWS
from tests.tap_gotom.command_line import discover, fail, succeed
from tests.tap_gotom.servers import define_report, read_cells

if TYPE_CHECKING:
    from singer_tapkit.testing import TapRun
    from tests.tap_gotom.servers import GoTomServer

README = Path(__file__).parents[2] / "tap-gotom" / "README.md"
PATH = "/app-api/graph-export/download/46"
TYPED = {"Name": "string", "Umsatz": "number"}
DAYS = {"Tag": {"type": "date", "format": "%d.%m.%Y"}, "Id": "integer"}


def read_ids(run: TapRun) -> list[int]:
    return [record["id"] for record in run.records["sales"]]


def test_every_row_becomes_a_record_with_where_it_comes_from(server: GoTomServer) -> None:
    server.save(("Kampagne", "Umsatz netto"), ("Frühling", "8662.50"), ("Sommer", "1200.00"))
    run = succeed(server.configure_report())
    found = run.records["sales"]
    assert len({record.pop("_extracted_at") for record in found}) == 1
    assert found == [
        {"_report_id": 46, "_row_number": 1, "kampagne": "Frühling", "umsatz_netto": "8662.50"},
        {"_report_id": 46, "_row_number": 2, "kampagne": "Sommer", "umsatz_netto": "1200.00"},
    ]


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({"primary_keys": ["Id"]}, ["id"]),
        ({"primary_keys": ["Id", "id"]}, ["id"]),
        ({}, ["_report_id", "_row_number"]),
        ({"replication_key": "Tag"}, ["_report_id", "_extracted_at", "_row_number"]),
    ],
)
def test_every_report_has_a_key(server: GoTomServer, more: dict[str, Any], keys: list[str]) -> None:
    server.save(("Tag", "Id"), ("01.03.2026", "1"), ("01.03.2026", "2"))
    run = succeed(server.configure_report(columns=DAYS, **more))
    assert run.output.schemas["sales"]["key_properties"] == keys
    assert len(set(run.output.keys("sales"))) == 2
    assert len(run.output.activated_versions) == (0 if more else 1)


@pytest.mark.parametrize(
    "more",
    [
        {"flattening_enabled": True, "flattening_max_depth": 1},
        {"stream_maps": {"sales": {"__filter__": "True"}}},
    ],
)
def test_both_ways_of_writing_records_give_the_same(
    server: GoTomServer, more: dict[str, Any]
) -> None:
    server.save(HEADER, *ROWS, *UNICODE_ROWS)
    outputs = [
        succeed(server.configure_reports(define_report(), **item)).output for item in ({}, more)
    ]
    for output in outputs:
        assert output.message_types("sales")[-1] == "ACTIVATE_VERSION"
        versions = {item["version"] for item in output.messages if item["type"] == "RECORD"}
        assert versions == set(output.activated_versions)
        for record in output.records["sales"]:
            del record["_extracted_at"]
    assert outputs[0].records == outputs[1].records


@pytest.mark.parametrize("content", [b"", b'"A"\n'], ids=["nothing", "header"])
def test_an_empty_report_removes_nothing(server: GoTomServer, content: bytes) -> None:
    server.save(("A",), ("1",))
    catalog = discover(server.configure_report())
    first = succeed(server.configure_report(), catalog=catalog)
    server.sandbox.add_report(46, Report(content))
    second = succeed(server.configure_report(), catalog=catalog, state=first.state)
    assert second.output.message_types("sales") == ["SCHEMA"]
    assert "has no rows" in second.log
    assert second.state["bookmarks"]["sales"] == first.state["bookmarks"]["sales"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'"Name","Umsatz"\n"a","1.5"\n"b","1\'234.50"\n', "row 2, column 'Umsatz'"),
        (b'"Name","Umsatz"\n"a","1.5"\n"b"\n', "row 2: 1 cells instead of 2"),
        (b'"Name","Umsatz"\n"a","1.5"\n"b","', "cut off"),
        (b'"Id"\n"1"\n', "none of the report's columns is there"),
    ],
)
def test_a_report_that_is_not_as_it_should_be_writes_nothing_and_keeps_the_state(
    server: GoTomServer, content: bytes, words: str
) -> None:
    settings = server.configure_reports(define_report(columns=TYPED), max_retries=0)
    server.save(("Name", "Umsatz"), ("a", "1"), ("b", ""))
    first = succeed(settings)
    assert read_cells(first.records["sales"])[1] == {"name": "b", "umsatz": None}
    server.sandbox.add_report(46, Report(content))
    second = fail(settings, state=first.state)
    assert second.output.message_types("sales") == ["SCHEMA"]
    assert second.state == first.state
    assert words in second.log


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("a_report", {}),
        ("z_report", {}),
        ("z_report", {"columns": {"Tag": "date", "Externe ID": "string"}}),
        ("z_report", {"replication_key": "Tag"}),
        ("z_report", {"primary_keys": ["Externe ID"]}),
    ],
    ids=["before others", "text", "types", "new rows", "keys"],
)
def test_a_report_is_parsed_once_to_check_and_once_to_write(
    server: GoTomServer, monkeypatch: pytest.MonkeyPatch, name: str, more: dict[str, Any]
) -> None:
    server.save(("Tag", "Externe ID"), ("2026-03-01", "demo-4711"), ("2026-03-02", "demo-4712"))
    ids_from = {"report": name, "column": "Externe ID"}
    settings = server.configure_all(
        define_report(name, **more), campaign_external_ids_from=ids_from
    )
    catalog = discover(settings)
    parse = create_autospec(csv.reader, side_effect=csv.reader)
    monkeypatch.setattr("csv.reader", parse)
    run = succeed(settings, name, "campaigns", "flights", catalog=catalog)
    assert len(run.records[name]) == len(run.records["campaigns"]) == 2
    assert parse.call_count == 2
    assert len(server.received(PATH)) <= 2

    parse.reset_mock()
    assert len(succeed(settings, "campaigns", catalog=catalog).records["campaigns"]) == 2
    assert parse.call_count == 1


@pytest.mark.parametrize("more", [{}, {"flattening_enabled": True, "flattening_max_depth": 1}])
def test_new_columns_are_left_out_kept_or_refused(
    server: GoTomServer, more: dict[str, Any]
) -> None:
    server.save(("New", "A"), ("0", "1"))
    reports = define_report(columns={"A": "string"})
    left_out = succeed(server.configure_reports(reports, **more))
    assert read_cells(left_out.records["sales"]) == [{"a": "1"}]
    assert "left out: New" in left_out.log
    kept = succeed(server.configure_reports(reports, unknown_fields="keep"))
    assert read_cells(kept.records["sales"]) == [{"a": "1", "unknown_fields": {"New": "0"}}]
    refused = fail(server.configure_reports(reports, unknown_fields="fail"))
    assert refused.output.message_types("sales") == ["SCHEMA"]
    assert "unknown here: New" in refused.log


def test_the_catalog_keeps_what_was_discovered(server: GoTomServer) -> None:
    server.save(("Größe", "Größe", "", "€"), ("1", "2", "3", "4"))
    catalog = discover(server.configure_report())
    server.save(("€", "", "Neu", "Größe", "Größe"), ("d", "c", "n", "a", "b"))
    run = succeed(server.configure_report(), catalog=catalog)
    assert list(read_cells(run.records["sales"])[0].values()) == ["a", "b", "c", "d"]


def test_a_catalog_without_titles_loses_no_column(server: GoTomServer) -> None:
    server.save(("Größe", "Umsatz", "Umsatz"), ("1", "2", "3"))
    settings = server.configure_reports(define_report(), unknown_fields="keep")
    catalog = discover(settings)
    for field in catalog["streams"][0]["schema"]["properties"].values():
        field.pop("title", None)
    cells = read_cells(succeed(settings, catalog=catalog).records["sales"])
    assert cells == [{"groesse": "1", "umsatz": "2", "umsatz_2": "3", "unknown_fields": None}]


def test_keys_follow_from_the_settings_and_not_from_a_catalog(server: GoTomServer) -> None:
    server.save(("Id", "Tag"), ("1", "2026-01-01"))
    old = discover(server.configure_report(primary_keys=["Tag"], replication_key="Tag"))
    run = succeed(server.configure_report(primary_keys=["Id"]), catalog=old)
    assert run.output.keys("sales") == [("1",)]
    assert "replication_key_value" not in run.state["bookmarks"]["sales"]
    old = discover(server.configure_report())
    run = succeed(
        server.configure_report(primary_keys=["Id"], replication_key="Tag"),
        catalog=old,
    )
    assert run.output.keys("sales") == [("1",)]
    assert run.output.bookmark("sales") == "2026-01-01"


def test_a_report_without_replication_key_is_replaced_though_a_catalog_wants_only_new_rows(
    server: GoTomServer,
) -> None:
    server.save(("A",), ("1",))
    catalog = discover(server.configure_report())
    catalog["streams"][0]["replication_method"] = "INCREMENTAL"
    run = succeed(server.configure_report(), catalog=catalog)
    assert len(run.output.activated_versions) == 1


def test_the_newest_load_alone_is_what_the_sql_of_the_readme_shows(server: GoTomServer) -> None:
    sql = re.findall(r"```sql\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    with duckdb.connect() as database:
        database.execute("CREATE SCHEMA tap_gotom")
        database.execute(
            "CREATE TABLE tap_gotom.revenue (_report_id INTEGER, _row_number INTEGER,"
            " _extracted_at TIMESTAMPTZ, a TEXT, PRIMARY KEY (_report_id, _row_number))"
        )
        for values in (["1", "2", "3"], ["4", "5"]):
            server.save(("A",), *([value] for value in values))
            rows = [
                list(row.values()) for row in succeed(server.configure_report()).records["sales"]
            ]
            insert = "INSERT OR REPLACE INTO tap_gotom.revenue VALUES (?, ?, ?, ?)"
            database.executemany(insert, rows)
            found = database.execute(*sql).fetchall()
            assert sorted(row[-1] for row in found) == values


def test_rows_that_replace_each_other_in_the_target_are_counted(server: GoTomServer) -> None:
    server.save(("Id", "Tag"), ("1", "a"), ("2", "a"), ("1", "b"))
    run = succeed(server.configure_report(primary_keys=["Id"]))
    assert len(run.records["sales"]) == 3
    assert "a row before them, which they replace: 1." in run.log
    unique = succeed(server.configure_report(primary_keys=["Id", "Tag"]))
    assert "a row before them" not in unique.log


def test_discovery_names_the_columns_that_distinguish_rows(
    server: GoTomServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.save(("Id", "Tag"), ("1", "a"), ("2", "a"))
    caplog.set_level("INFO")
    discover(server.configure_report())
    assert "unique in all 2 row(s): 'Id'." in caplog.text


@pytest.mark.parametrize("more", [{"primary_keys": ["X"]}, {"replication_key": "X"}])
def test_a_key_that_is_no_column_fails_this_report_alone(
    server: GoTomServer, more: dict[str, Any]
) -> None:
    server.save(("A",), ("1",))
    server.save(("A",), ("1",), number=47)
    run = fail(server.configure_reports(define_report(**more), define_report("other", 47)))
    assert "its key 'X' is none of the columns 'A'" in run.log
    assert len(run.records["other"]) == 1


def test_deselected_columns_stay_out(server: GoTomServer) -> None:
    server.save(("A", "B"), ("1", "2"))
    catalog = discover(server.configure_report())
    for entry in catalog["streams"][0]["metadata"]:
        if entry["breadcrumb"] == ["properties", "b"]:
            entry["metadata"]["selected"] = False
    run = succeed(server.configure_report(), catalog=catalog)
    assert read_cells(run.records["sales"]) == [{"a": "1"}]


def test_the_second_run_brings_new_days_and_those_to_look_back_to(server: GoTomServer) -> None:
    settings = server.configure_report(
        columns=DAYS, primary_keys=["Id"], replication_key="Tag", lookback_days=1
    )
    server.save(("Tag", "Id"), ("02.01.2026", "2"), ("31.12.2025", "1"), ("", "9"))
    first = succeed(settings)
    assert read_ids(first) == [2, 1, 9]
    assert first.output.bookmark("sales") == "2026-01-02"
    server.save(("Tag", "Id"), ("01.01.2026", "3"), ("31.12.2025", "1"), ("03.01.2026", "4"))
    second = succeed(settings, state=first.state)
    assert read_ids(second) == [3, 4]
    assert second.output.bookmark("sales") == "2026-01-03"
    server.save(("Tag", "Id"), ("02.03.2026", "5"), ("03.03.2026", "x"))
    assert fail(settings, state=second.state).state == second.state


def test_the_bookmark_of_another_column_hides_no_row(server: GoTomServer) -> None:
    server.save(("Tag", "Beginn"), ("2026-02-02", "2026-01-01"), ("2026-02-01", "2026-03-01"))
    first = succeed(server.configure_report(primary_keys=["Beginn"], replication_key="Tag"))
    settings = server.configure_report(primary_keys=["Beginn"], replication_key="Beginn")
    second = succeed(settings, state=first.state)
    assert second.output.keys("sales") == [("2026-01-01",), ("2026-03-01",)]
    assert second.output.bookmark("sales") == "2026-03-01"


def test_a_report_that_counts_anew_is_reported(server: GoTomServer) -> None:
    settings = server.configure_report(columns=DAYS, primary_keys=["Id"], replication_key="Id")
    server.save(("Tag", "Id"), ("01.01.2026", "900"))
    first = succeed(settings)
    server.save(("Tag", "Id"), ("01.02.2026", "1"))
    second = succeed(settings, state=first.state)
    assert read_ids(second) == []
    assert "All rows lie before the bookmark of 'id'" in second.log
    assert read_ids(succeed(settings)) == [1]


def test_a_bookmark_in_the_future_fails_its_report_alone(server: GoTomServer) -> None:
    server.save(("Tag", "Id"), ("01.01.2026", "1"))
    daily = define_report(columns=DAYS, primary_keys=["Id"], replication_key="Tag")
    state = {"bookmarks": {"sales": {"replication_key": "tag", "replication_key_value": "2999"}}}
    run = fail(server.configure_reports(daily, define_report("whole", 46)), state=state)
    assert (read_ids(run), len(run.records["whole"])) == ([], 1)
    assert "the bookmark of 'tag' lies in the future" in run.log


def test_a_bookmark_does_not_matter_to_a_report_without_rows(server: GoTomServer) -> None:
    server.sandbox.add_report(46, Report(b'"Tag","Id"\n'))
    settings = server.configure_report(columns=DAYS, primary_keys=["Id"], replication_key="Tag")
    state = {"bookmarks": {"sales": {"replication_key": "tag", "replication_key_value": "2999"}}}
    run = succeed(settings, state=state)
    assert "has no rows" in run.log


def test_an_unchanged_report_is_skipped_when_the_settings_say_so(server: GoTomServer) -> None:
    server.save(("A",), ("1",))
    settings = server.configure_report(skip_unchanged=True)
    first = succeed(settings)
    second = succeed(settings, state=first.state)
    assert second.output.message_types("sales") == ["SCHEMA"]
    assert "the same as last time" in second.log
    assert second.state["bookmarks"]["sales"] == first.state["bookmarks"]["sales"]
    typed = server.configure_report(skip_unchanged=True, columns={"A": "integer"})
    assert read_cells(succeed(typed, state=second.state).records["sales"]) == [{"a": 1}]
    server.save(("A",), ("2",))
    assert read_cells(succeed(settings, state=second.state).records["sales"]) == [{"a": "2"}]


@pytest.mark.parametrize("damaged", [7, {"version": "x"}, {"digest": []}])
def test_a_damaged_state_of_a_report_counts_as_none(server: GoTomServer, damaged: Any) -> None:
    server.save(("A",), ("1",))
    settings = server.configure_report(skip_unchanged=True)
    run = succeed(settings, state={"bookmarks": {"sales": {"report": damaged}}})
    assert len(run.records["sales"]) == 1


def test_files_hold_all_rows_and_no_state_runs_ahead_of_them(
    server: GoTomServer, tmp_path: Path
) -> None:
    server.save(("A",), *[(str(number),) for number in range(100)])
    batch_config = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri(), "prefix": "gotom-"},
        "batch_size": 40,
    }
    settings = server.configure_reports(
        define_report(skip_unchanged=True), batch_config=batch_config
    )
    output = succeed(settings).output
    assert output.message_types("sales") == ["SCHEMA", "BATCH", "BATCH", "BATCH"]
    batches = [index for index, item in enumerate(output.messages) if item["type"] == "BATCH"]
    uris = [uri for index in batches for uri in output.messages[index]["manifest"]]
    files = [Path(uri.removeprefix("file://")).read_bytes() for uri in uris]
    lines = [line for file in files for line in gzip.decompress(file).splitlines()]
    assert [json.loads(line)["a"] for line in lines] == [str(number) for number in range(100)]
    for message in output.messages[: batches[-1]]:
        if message["type"] == "STATE":
            assert "report" not in message["value"].get("bookmarks", {}).get("sales", {})
    assert output.state["bookmarks"]["sales"]["report"]["digest"]
