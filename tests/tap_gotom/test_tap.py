"""Which streams there are, and what the tap does with states of earlier versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.failures import SyncFailedError
from tap_gotom.tap import TapGoTom
from tests.sandbox.gotom import Report
from tests.tap_gotom.command_line import discover, fail, succeed
from tests.tap_gotom.servers import API_SECRET, cells, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tap_gotom.servers import GoTomServer

STATES = Path(__file__).parent / "states"
DAYS = {"Tag": {"type": "date", "format": "%d.%m.%Y"}, "Id": "integer"}


def names(catalog: dict[str, Any]) -> set[str]:
    return {stream["tap_stream_id"] for stream in catalog["streams"]}


def test_streams_exist_for_the_credentials_that_are_set(server: GoTomServer) -> None:
    server.save(("A",), ("1",))
    assert names(discover(server.graph(report()))) == {"sales"}
    assert len(names(discover(server.api()))) == 21
    both = discover(server.both(report()))
    assert names(both) == names(discover(server.api())) | {"sales"}


def describe_fields(schema: dict[str, Any], path: str) -> Iterator[tuple[str, bool]]:
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}", bool(field.get("description"))
        yield from describe_fields(field, f"{path}.{name}")
    if "items" in schema:
        yield from describe_fields(schema["items"], path)


def test_every_field_is_described_and_keys_are_neither_null_nor_all_there_is(
    server: GoTomServer,
) -> None:
    for stream in discover(server.api())["streams"]:
        described = dict(describe_fields(stream["schema"], stream["tap_stream_id"]))
        assert [field for field, is_described in described.items() if not is_described] == []
        assert stream["schema"]["properties"].keys() > set(stream["key_properties"])
        for key in stream["key_properties"]:
            assert "null" not in stream["schema"]["properties"][key]["type"]


def test_a_report_that_cannot_be_discovered_is_left_out_and_fails_the_run(
    server: GoTomServer,
) -> None:
    server.save(("A",), ("1",), number=1)
    settings = server.graph(report("one", 1), report("two", 2))
    catalog = discover(settings)
    assert names(catalog) == {"one"}
    run = fail(settings, catalog=catalog, state={"bookmarks": {"two": {"report": {}}}})
    assert len(run.records["one"]) == 1
    assert "download/2 answered 404" in run.log
    assert "two" in run.state["bookmarks"]


def test_a_run_without_any_report_that_can_be_discovered_fails(server: GoTomServer) -> None:
    server.sandbox.add_report(46, Report(b""))
    run = fail(server.graph(report()))
    assert "name them in 'columns'" in run.log
    with pytest.raises(SyncFailedError, match="name them in 'columns'"):
        TapGoTom(config=server.graph(report())).run_discovery()


def test_with_columns_in_the_settings_discovery_asks_nothing(server: GoTomServer) -> None:
    settings = server.graph(report(columns={"Kampagne": "string", "Umsatz netto": "number"}))
    (stream,) = discover(settings)["streams"]
    assert stream["schema"]["properties"]["umsatz_netto"] == {
        "type": ["number", "null"],
        "title": "Umsatz netto",
        "description": "The report's column 'Umsatz netto'.",
    }
    assert server.sandbox.requests == []


def test_without_columns_discovery_reads_the_first_record_alone(server: GoTomServer) -> None:
    server.sandbox.add_report(46, Report.of_size(1 << 40))
    (stream,) = discover(server.graph(report()))["streams"]
    columns = [field for field in stream["schema"]["properties"].values() if "title" in field]
    assert [column["type"] for column in columns] == [["string", "null"]] * 6


@pytest.mark.parametrize("state", ["finished", "interrupted"])
def test_a_state_of_the_version_before_is_understood(server: GoTomServer, state: str) -> None:
    recorded = json.loads((STATES / f"{state}.json").read_text("utf-8"))
    before = recorded["bookmarks"]
    server.save(("Tag", "Id"), ("03.01.2026", "3"), ("02.01.2026", "2"), ("31.12.2025", "1"))
    server.save(("A",), ("1",), ("2",), number=47)
    server.save(("A",), ("1",), number=48)
    daily = report("daily", 46, columns=DAYS, primary_keys=["Id"], replication_key="Tag")
    frozen = report("frozen", 47, skip_unchanged=True)
    settings = server.both(
        daily,
        report("whole", 47),
        frozen,
        report("large", 48),
        campaign_external_ids=["demo-4711"],
    )
    run = succeed(settings, state=recorded)
    assert [record["id"] for record in run.records["daily"]] == [3, 2]
    assert run.output.bookmark("daily") == "2026-01-03"
    assert cells(run.records["whole"]) == cells(run.records["frozen"]) == [{"a": "1"}, {"a": "2"}]
    assert cells(run.records["large"]) == [{"a": "1"}]
    assert len(run.records["flights"]) == 2
    old = before["frozen"]["report"]["version"]
    assert run.state["bookmarks"]["frozen"]["report"]["version"] > old


def test_the_check_of_connections_tells_each_missing_permission(
    server: GoTomServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.sandbox.add_user("api_user", API_SECRET, ["lookups"])
    tap = TapGoTom(config=server.api(campaign_external_ids=["a/b", "demo-4711"]))
    with pytest.raises(SyncFailedError) as failed:
        tap.check_connection()
    last = str(failed.value).splitlines()[-1]
    assert last.startswith("3 parts (campaigns, customers, tarif_prices): 403: ")
    server.sandbox.add_user("api_user", API_SECRET, ["api"])
    TapGoTom(config=server.api(campaign_external_ids=["demo-4711"])).check_connection()
    said = capsys.readouterr().err
    assert "campaigns: may be read." in said
    assert "tarif_prices: may be read." in said
