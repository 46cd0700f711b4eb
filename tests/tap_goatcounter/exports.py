"""What tests ask about exports, and files of exports made by hand."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from singer_tapkit.testing import TapRun
    from tests.command_line import Run
    from tests.tap_goatcounter.servers import Sandbox

HEADER = (
    "2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,"
    "Screen size,Location,FirstVisit,Date"
)
ROW = '/a,A,0,,Firefox 140,Linux ,a1-b2,0,,o,"1366,0,1",GB,1,2026-11-01T21:58:03Z'
JSON_ROW = '{"hour":"2026-11-01T10:00:00Z","path_id":1,"ref_id":1,"count":3}\n'


def count_exports(sandbox: Sandbox) -> int:
    """Return how often an export was asked for, whatever came of it."""
    return len(sandbox.received("POST", "/export"))


def build_state(bookmark: object, stream: str = "hits") -> dict[str, Any]:
    """Return the state of an earlier run that has read a stream up to a cursor, or a day."""
    partition = {
        "context": {"site_id": 1},
        "replication_key": "export_last_hit_id" if stream == "hits" else "day",
        "replication_key_value": bookmark,
    }
    return {"bookmarks": {stream: {"partitions": [partition]}}}


def get_bookmark(run: TapRun | Run) -> Any:
    """Return the cursor in the last state."""
    return run.output.bookmark("hits", site_id=1)


def get_checkpoint(run: TapRun | Run, stream: str = "hits") -> Any:
    """Return the id of the export in the checkpoint of the last state, None if there is none."""
    (partition,) = run.output.state["bookmarks"][stream]["partitions"]
    checkpoint = partition.get("checkpoint")
    return checkpoint and checkpoint["position"]["export_id"]


def write_csv(*rows: str) -> str:
    """Return a file with these rows under the right header."""
    return "".join(f"{line}\n" for line in (HEADER, *rows))


def pack(compression: int = zipfile.ZIP_DEFLATED, **changed: str | None) -> bytes:
    """Return an archive, some of its files changed or left out."""
    files = {"info.json": '{"export_version":"1.0"}', "hit_stats.jsonl": JSON_ROW * 2}
    named = {name.replace("__", "."): text for name, text in changed.items()}
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as zipped:
        for name, text in {**files, **named}.items():
            if text is not None:
                zipped.writestr(f"folder/{name}", text)
    return body.getvalue()
