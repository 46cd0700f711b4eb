"""What users do by the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.sandbox.gotom import Report
from tests.tap_gotom.command_line import discover, succeed
from tests.tap_gotom.servers import GRAPH_SECRET, define_report, read_cells

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import CommandLineTap
    from tests.tap_gotom.servers import GoTomServer


def test_everything_is_read_and_read_again_with_the_state(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.save(("Tag", "Id"), ("2026-01-01", "1"), ("2026-01-02", "2"))
    settings = server.configure_all(
        define_report(replication_key="Tag", primary_keys=["Id"]),
        campaign_external_ids=["demo-4711"],
    )
    first = command_line.succeed(settings)
    assert len(first.records) == 19
    assert all(first.records.values())
    second = command_line.succeed(settings, state=first.state)
    assert read_cells(second.records["sales"]) == [{"tag": "2026-01-02", "id": "2"}]


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
            "TAP_GOTOM_REPORTS": json.dumps([define_report()]),
        },
    )
    assert run.returncode == 0, run.stderr
    assert '"a":"1"' in run.stdout


def test_the_check_of_connections_downloads_no_report_and_names_what_fails(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.sandbox.add_report(46, Report.of_size(1 << 40))
    run = command_line.run_with(
        "--test", settings=server.configure_all(define_report(), define_report("missing", 47))
    )
    assert run.returncode != 0
    assert "sales: may be read." in run.stderr
    assert "missing: GET /app-api/graph-export/download/47 answered 404" in run.stderr
    assert run.stdout == ""


def test_the_check_of_connections_proposes_columns_to_paste(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    header = ("Buchung", "Tag", "Umsatz", "Umsatz", "", "Kampagne")
    server.save(header, ("1", "09.03.2026", "1'234.50", "1", "", "Zürich, See"))
    run = command_line.run_with("--test", settings=server.configure_report())
    assert run.returncode == 0, run.stderr
    assert "sales: without 'primary_keys'" in run.stderr
    assert "Zürich, See" not in run.stderr
    (line,) = (line for line in run.stderr.splitlines() if line.startswith('"columns": '))
    pasted = server.configure_report(**json.loads(f"{{{line}}}"))
    assert json.loads(f"{{{line}}}")["columns"]["Tag"] == {"type": "date", "format": "%d.%m.%Y"}
    assert describe_columns(discover(pasted)) == describe_columns(
        discover(server.configure_report())
    )
    record = succeed(pasted).records["sales"][0]
    assert (record["umsatz"], record["umsatz_2"], record["tag"]) == (1234.5, 1, "2026-03-09")


def describe_columns(catalog: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the names and titles of the columns of the only stream."""
    properties = catalog["streams"][0]["schema"]["properties"]
    return [(name, schema.get("title")) for name, schema in properties.items()]


def test_what_needs_no_credentials_is_discovered_without(command_line: CommandLineTap) -> None:
    run = command_line.run_with("--discover", settings={"reports": [define_report()]})
    assert run.returncode == 0, run.stderr
    names = {stream["tap_stream_id"] for stream in json.loads(run.stdout)["streams"]}
    assert len(names) == 21
    assert names > {"users", "flight_sublines"}
    assert "Set 'graph_user' and 'graph_secret' for reports" in run.stderr
