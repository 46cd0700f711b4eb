"""Which streams there are, and what the tap does with states of earlier versions."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.failures import SyncFailedError
from tap_gotom.tap import TapGoTom
from tests.sandbox.gotom import Report
from tests.tap_gotom.command_line import discover, fail, succeed
from tests.tap_gotom.servers import API_SECRET, GoTomServer, define_report, read_cells

STATES = Path(__file__).parent / "states"
DAYS = {"Tag": {"type": "date", "format": "%d.%m.%Y"}, "Id": "integer"}


def read_names(catalog: dict[str, Any]) -> set[str]:
    return {stream["tap_stream_id"] for stream in catalog["streams"]}


def test_streams_exist_for_the_credentials_that_are_set(server: GoTomServer) -> None:
    server.save(("A",), ("1",))
    assert read_names(discover(server.configure_report())) == {"sales"}
    assert len(read_names(discover(server.configure_api()))) == 21
    both = discover(server.configure_all(define_report()))
    assert read_names(both) == read_names(discover(server.configure_api())) | {"sales"}


def test_keys_are_neither_null_nor_all_there_is(server: GoTomServer) -> None:
    for stream in discover(server.configure_api())["streams"]:
        properties = stream["schema"]["properties"]
        assert properties.keys() > set(stream["key_properties"])
        assert not any("null" in properties[key]["type"] for key in stream["key_properties"])


def test_a_report_that_cannot_be_discovered_is_left_out_and_fails_the_run(
    server: GoTomServer,
) -> None:
    server.save(("A",), ("1",), number=1)
    settings = server.configure_reports(define_report("one", 1), define_report("two", 2))
    catalog = discover(settings)
    assert read_names(catalog) == {"one"}
    run = fail(settings, catalog=catalog, state={"bookmarks": {"two": {"report": {}}}})
    assert len(run.records["one"]) == 1
    assert "download/2 answered 404" in run.log
    assert "two" in run.state["bookmarks"]


def test_a_run_without_any_report_that_can_be_discovered_fails(server: GoTomServer) -> None:
    server.sandbox.add_report(46, Report(b""))
    run = fail(server.configure_report())
    assert "name them in 'columns'" in run.log
    with pytest.raises(SyncFailedError, match="name them in 'columns'"):
        TapGoTom(config=server.configure_report()).run_discovery()


def test_with_columns_in_the_settings_discovery_asks_nothing(server: GoTomServer) -> None:
    settings = server.configure_report(columns={"Kampagne": "string", "Umsatz netto": "number"})
    (stream,) = discover(settings)["streams"]
    assert stream["schema"]["properties"]["umsatz_netto"] == {
        "type": ["number", "null"],
        "title": "Umsatz netto",
        "description": "The report's column 'Umsatz netto'.",
    }
    assert server.sandbox.requests == []


def test_without_columns_discovery_reads_the_first_record_alone(server: GoTomServer) -> None:
    server.sandbox.add_report(46, Report.of_size(1 << 40))
    (stream,) = discover(server.configure_report())["streams"]
    columns = [field for field in stream["schema"]["properties"].values() if "title" in field]
    assert [column["type"] for column in columns] == [["string", "null"]] * 6


@pytest.mark.parametrize("state", ["finished", "interrupted"])
def test_a_state_of_the_version_before_is_understood(server: GoTomServer, state: str) -> None:
    recorded = json.loads((STATES / f"{state}.json").read_text("utf-8"))
    before = recorded["bookmarks"]
    server.save(("Tag", "Id"), ("03.01.2026", "3"), ("02.01.2026", "2"), ("31.12.2025", "1"))
    server.save(("A",), ("1",), ("2",), number=47)
    server.save(("A",), ("1",), number=48)
    daily = define_report("daily", 46, columns=DAYS, primary_keys=["Id"], replication_key="Tag")
    frozen = define_report("frozen", 47, skip_unchanged=True)
    settings = server.configure_all(
        daily,
        define_report("whole", 47),
        frozen,
        define_report("large", 48),
        campaign_external_ids=["demo-4711"],
    )
    run = succeed(settings, state=recorded)
    assert [record["id"] for record in run.records["daily"]] == [3, 2]
    assert run.output.bookmark("daily") == "2026-01-03"
    assert (
        read_cells(run.records["whole"])
        == read_cells(run.records["frozen"])
        == [{"a": "1"}, {"a": "2"}]
    )
    assert read_cells(run.records["large"]) == [{"a": "1"}]
    assert len(run.records["flights"]) == 2
    old = before["frozen"]["report"]["version"]
    assert run.state["bookmarks"]["frozen"]["report"]["version"] > old


def test_the_check_of_connections_names_each_missing_permission(
    server: GoTomServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.sandbox.add_user("api_user", API_SECRET, ["lookups"])
    tap = TapGoTom(config=server.configure_api(campaign_external_ids=["a/b", "demo-4711"]))
    with pytest.raises(SyncFailedError) as failed:
        tap.check_connection()
    last = str(failed.value).splitlines()[-1]
    assert last.startswith("3 parts (campaigns, customers, tarif_prices): 403: ")
    server.sandbox.add_user("api_user", API_SECRET, ["api"])
    TapGoTom(config=server.configure_api(campaign_external_ids=["demo-4711"])).check_connection()
    said = capsys.readouterr().err
    assert "campaigns: may be read." in said
    assert "tarif_prices: may be read." in said


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        ((("A", "B"), ("1", "x")), {"columns": {"C": "string"}}, "none of the report's columns"),
        ((("A",), ("x",)), {"columns": {"A": "integer"}}, "row 1, column 'A'"),
        ((("A",), ("1", "2")), {}, "row 1: 2 cells instead of 1"),
        ((("A;B",), ("1;2",)), {}, "set 'delimiter'"),
        ((("A",), ("1",)), {"primary_keys": ["B"]}, "its key 'B' is none of the columns"),
    ],
)
def test_the_check_of_connections_says_what_a_run_says(
    server: GoTomServer, content: Any, more: Any, words: str
) -> None:
    server.save(*content)
    settings = server.configure_report(**more)
    with pytest.raises(SyncFailedError, match=re.escape(words)):
        TapGoTom(config=settings).check_connection()
    assert words in fail(settings).log


def test_the_check_of_connections_names_a_missing_column_of_campaigns(server: GoTomServer) -> None:
    server.save(("A",), ("1",))
    ids_from = {"report": "sales", "column": "Externe ID"}
    tap = TapGoTom(
        config=server.configure_all(define_report(), campaign_external_ids_from=ids_from)
    )
    with pytest.raises(SyncFailedError, match="no column 'Externe ID'"):
        tap.check_connection()


@pytest.mark.parametrize(
    ("settings", "words"),
    [({}, "Set 'instance'"), ({"instance": "acme"}, "Set 'graph_user' and 'graph_secret'")],
)
def test_nothing_is_read_without_credentials(settings: dict[str, str], words: str) -> None:
    run = fail(settings)
    assert words in run.error
    assert run.stdout == b""
    with pytest.raises(ConfigValidationError) as refused:
        TapGoTom(config=settings).check_connection()
    assert words in refused.value.errors[0]


@pytest.mark.parametrize(("minutes", "exit_code"), [(29, 0), (-29, 0), (31, 1), (-31, 1)])
def test_clocks_may_be_half_an_hour_apart(
    server: GoTomServer, minutes: int, exit_code: int
) -> None:
    server.sandbox.now = lambda: datetime.now(UTC) + timedelta(minutes=minutes)
    run = (fail if exit_code else succeed)(server.configure_api(), "media")
    assert len(run.records["media"]) == (0 if exit_code else 3)
