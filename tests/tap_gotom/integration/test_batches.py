"""Reports that are handed on in files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.tap_gotom.servers import report

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import CommandLineTap, Run
    from tests.tap_gotom.servers import GoTomServer


def in_files(directory: Path) -> dict[str, Any]:
    """Settings that write records to files."""
    return {
        "batch_config": {
            "encoding": {"format": "jsonl", "compression": "gzip"},
            "storage": {"root": directory.as_uri(), "prefix": "gotom-"},
            "batch_size": 40,
        }
    }


def rows(run: Run) -> list[dict[str, Any]]:
    """The records in the files of a run, in order."""
    files = [
        Path(uri.removeprefix("file://"))
        for message in run.output.messages
        if message["type"] == "BATCH"
        for uri in message["manifest"]
    ]
    return [
        json.loads(line)
        for file in files
        for line in gzip.decompress(file.read_bytes()).splitlines()
    ]


def test_no_state_runs_ahead_of_the_files(
    server: GoTomServer, command_line: CommandLineTap, tmp_path: Path
) -> None:
    server.save(("A",), *[(str(number),) for number in range(100)])
    run = command_line.succeed(server.graph(report(skip_unchanged=True), **in_files(tmp_path)))
    last_file = max(
        place for place, message in enumerate(run.output.messages) if message["type"] == "BATCH"
    )
    for message in run.output.messages[:last_file]:
        if message["type"] == "STATE":
            assert "report" not in message["value"].get("bookmarks", {}).get("sales", {})
    assert run.state["bookmarks"]["sales"]["report"]["digest"]
