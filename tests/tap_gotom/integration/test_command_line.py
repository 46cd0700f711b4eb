"""What users do by the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.gotom import GoTom, Report
from tests.tap_gotom.command_line import discover
from tests.tap_gotom.servers import API_SECRET, GRAPH_SECRET, GoTomServer, cells, report

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import CommandLineTap


def test_everything_is_read_and_read_again_with_the_state(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.save(("Tag", "Id"), ("2026-01-01", "1"), ("2026-01-02", "2"))
    settings = server.both(
        report(replication_key="Tag", primary_keys=["Id"]), campaign_external_ids=["demo-4711"]
    )
    first = command_line.succeed(settings)
    assert len(first.records) == 19
    assert all(first.records.values())
    second = command_line.succeed(settings, state=first.state)
    assert cells(second.records["sales"]) == [{"tag": "2026-01-02", "id": "2"}]


def test_settings_come_from_the_environment_too(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.save(("A",), ("1",))
    run = command_line.run_with(
        "--config=ENV",
        environment={
            "TAP_GOTOM_BASE_URL": server.url,
            "TAP_GOTOM_GRAPH_USER": "graph_user",
            "TAP_GOTOM_GRAPH_SECRET": GRAPH_SECRET,
            "TAP_GOTOM_REPORTS": json.dumps([report()]),
        },
    )
    assert run.returncode == 0, run.stderr
    assert '"a":"1"' in run.stdout


def test_the_check_of_connections_downloads_no_report_and_names_what_fails(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.sandbox.add_report(46, Report.of_size(1 << 40))
    run = command_line.run_with("--test", settings=server.both(report(), report("missing", 47)))
    assert run.returncode != 0
    assert "sales: may be read." in run.stderr
    assert "missing: GET /app-api/graph-export/download/47 answered 404" in run.stderr
    assert run.stdout == ""


def test_the_check_of_connections_proposes_columns_to_paste(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    header = ("Buchung", "Tag", "Umsatz", "Umsatz", "", "Kampagne")
    server.save(header, ("1", "09.03.2026", "1'234.50", "1", "", "Zürich, See"))
    run = command_line.run_with("--test", settings=server.graph(report()))
    assert run.returncode == 0, run.stderr
    assert "sales: without 'primary_keys'" in run.stderr
    assert "Zürich, See" not in run.stderr
    (line,) = (line for line in run.stderr.splitlines() if line.startswith('"columns": '))
    pasted = server.graph(report(**json.loads(f"{{{line}}}")))
    assert json.loads(f"{{{line}}}")["columns"]["Tag"] == {"type": "date", "format": "%d.%m.%Y"}
    assert describe_columns(discover(pasted)) == describe_columns(discover(server.graph(report())))
    assert line in command_line.run_with("--test", settings=pasted).stderr
    record = command_line.succeed(pasted).records["sales"][0]
    assert (record["umsatz"], record["umsatz_2"], record["tag"]) == (1234.5, 1, "2026-03-09")


def describe_columns(catalog: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the names and titles of the columns of the only stream."""
    properties = catalog["streams"][0]["schema"]["properties"]
    return [(name, schema.get("title")) for name, schema in properties.items()]


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
    server: GoTomServer, command_line: CommandLineTap, content: Any, more: Any, words: str
) -> None:
    server.save(*content)
    settings = server.graph(report(**more))
    tested = command_line.run_with("--test", settings=settings)
    assert tested.returncode != 0
    assert words in tested.stderr
    assert words in command_line.fail(settings).log


def test_the_check_of_connections_names_a_missing_column_of_campaigns(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.save(("A",), ("1",))
    settings = server.both(
        report(), campaign_external_ids_from={"report": "sales", "column": "Externe ID"}
    )
    run = command_line.run_with("--test", settings=settings)
    assert run.returncode != 0
    assert "no column 'Externe ID'" in run.stderr


def test_what_needs_no_credentials_is_discovered_without(command_line: CommandLineTap) -> None:
    run = command_line.run_with("--discover", settings={"reports": [report()]})
    assert run.returncode == 0, run.stderr
    names = {stream["tap_stream_id"] for stream in json.loads(run.stdout)["streams"]}
    assert len(names) == 21
    assert names > {"users", "flight_sublines"}
    assert "Set 'graph_user' and 'graph_secret' for reports" in run.stderr


@pytest.mark.parametrize("arguments", [(), ("--test",)])
@pytest.mark.parametrize(
    ("settings", "words"),
    [({}, "Set 'instance'"), ({"instance": "acme"}, "Set 'graph_user' and 'graph_secret'")],
)
def test_nothing_is_read_without_credentials(
    command_line: CommandLineTap, arguments: tuple[str, ...], settings: dict[str, str], words: str
) -> None:
    run = command_line.run_with(*arguments, settings=settings)
    assert run.returncode != 0
    assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


def test_a_failing_report_ends_the_run_with_a_status_and_everything_else_written(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.save(("A",), ("1",), number=1)
    run = command_line.fail(server.graph(report("one", 1), report("two", 2)))
    assert cells(run.records["one"]) == [{"a": "1"}]
    assert "1 part(s) of the sync failed" in run.log
    assert "two: GET /app-api/graph-export/download/2 answered 404" in run.log


@pytest.mark.parametrize(("minutes", "exit_code"), [(29, 0), (-29, 0), (31, 1), (-31, 1)])
def test_clocks_may_be_half_an_hour_apart(
    command_line: CommandLineTap, minutes: int, exit_code: int
) -> None:
    sandbox = GoTom(now=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    sandbox.add_user("api_user", API_SECRET, ["api"])
    with sandbox.serve() as url:
        run = command_line.run(GoTomServer(url, sandbox).api(), "media")
    assert run.status == exit_code
    assert len(run.records["media"]) == (0 if exit_code else 3)
