"""What users do by the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.gotom import GoTom, Report
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


def test_the_check_of_connections_downloads_nothing_and_names_what_fails(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.sandbox.add_report(46, Report.of_size(1 << 40))
    run = command_line.run_with("--test", settings=server.both(report(), report("missing", 47)))
    assert run.returncode != 0
    assert "sales: may be read." in run.stderr
    assert "missing: GET /app-api/graph-export/download/47 answered 404" in run.stderr
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
