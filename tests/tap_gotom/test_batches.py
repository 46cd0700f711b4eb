"""Reports that are handed on in files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tap_gotom.command_line import succeed
from tests.tap_gotom.servers import define_report

if TYPE_CHECKING:
    from tests.tap_gotom.servers import GoTomServer


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
