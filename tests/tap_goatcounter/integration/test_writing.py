"""The short way from row to record: the same bytes as by the SDK's way, and only where it fits."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk import Stream
from singer_sdk import Tap as SdkTap
from singer_sdk import typing as th
from typing_extensions import override

from tests.singer import discovered, selecting
from tests.tap_goatcounter.servers import view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.servers import Sandbox

TIME = re.compile(r'"time_extracted":"([^"]+)"')
IDENTITY = {"stream_maps": {"hits": {"path": "path"}}}


def record_lines(tap: TapInProcess, settings: dict[str, Any]) -> list[str]:
    """The lines of the records of `hits`, as they are written."""
    written, _ = tap.start(settings, "hits", "sites").communicate()
    beginning = '{"type":"RECORD","stream":"hits"'
    return [line for line in written.split("\n") if line.startswith(beginning)]


def moments(lines: Iterable[str]) -> set[str]:
    """When records say that they were extracted; many share a moment only on the short way."""
    return {found[1] for line in lines if (found := TIME.search(line))}


@pytest.fixture
def visited(newer: Sandbox) -> Sandbox:
    """A site with titles of all kinds."""
    titles = ("plain", 'with "quotes"', "two\r\nlines", "Ümläut 🐐", "\x00", "back\\slash", "")
    newer.add(
        *(
            view(f"/{number}", session=str(number), title=titles[number % 7], event=number % 5 == 0)
            for number in range(1500)
        )
    )
    return newer


def test_both_ways_write_the_same_bytes_but_for_the_moment(
    visited: Sandbox, tap: TapInProcess
) -> None:
    short = record_lines(tap, visited.settings())
    long = record_lines(tap, visited.settings(**IDENTITY))
    assert len(short) == len(long) == 1500
    assert len(moments(short)) < 10
    assert len(moments(long)) > 1000
    for one, other in zip(short, long, strict=True):
        assert TIME.sub("", one).replace('"export_id":1,', '"export_id":2,') == TIME.sub("", other)


def test_a_field_that_is_not_selected_is_not_written(visited: Sandbox, tap: TapInProcess) -> None:
    chosen = selecting(discovered("tap-goatcounter"), "hits")
    for stream in chosen["streams"]:
        for entry in stream["metadata"]:
            if entry["breadcrumb"] in (["properties", "title"], ["properties", "session"]):
                entry["metadata"]["selected"] = False
    run = tap.succeed(visited.settings(), catalog=chosen)
    assert len(run.records["hits"]) == 1500
    assert not any({"title", "session"} & hit.keys() for hit in run.records["hits"])
    assert "title" not in run.output.schemas["hits"]["schema"]["properties"]


def test_stream_maps_are_applied(visited: Sandbox, tap: TapInProcess) -> None:
    settings = visited.settings(
        stream_maps={"hits": {"session": "md5(session)", "title": None, "__alias__": "views"}}
    )
    run = tap.succeed(settings, "hits")
    assert list(run.records) == ["views"]
    assert len(run.records["views"]) == 1500
    first = run.records["views"][0]
    assert len(first["session"]) == 32
    assert "title" not in first


def test_flattening_is_applied(visited: Sandbox, tap: TapInProcess) -> None:
    settings = visited.settings(flattening_enabled=True, flattening_max_depth=2)
    assert len(tap.succeed(settings, "hits").records["hits"]) == 1500
    (site,) = tap.succeed(settings, "sites").records["sites"]
    assert site["settings__collect"] == 510


def batch_settings(directory: Path) -> dict[str, Any]:
    """Settings that write records to files."""
    return {
        "batch_config": {
            "encoding": {"format": "jsonl", "compression": "gzip"},
            "storage": {"root": directory.as_uri(), "prefix": "goatcounter-"},
            "batch_size": 400,
        }
    }


def in_batches(message: dict[str, Any]) -> int:
    """How many records the files of a BATCH message hold."""
    return sum(
        len(gzip.decompress(file.read_bytes()).splitlines())
        for file in map(Path, (uri.removeprefix("file://") for uri in message["manifest"]))
    )


def test_batches_hold_all_records_and_no_state_runs_ahead_of_them(
    visited: Sandbox, tap: TapInProcess, tmp_path: Path
) -> None:
    visited.add(*(view("/daily", days_ago=n, session=f"daily {n}") for n in range(1, 30)))
    settings = visited.settings(**batch_settings(tmp_path))
    written, log = tap.start(settings, "hits", "browsers").communicate()
    found = {"hits": 0, "browsers": 0}
    for line in written.splitlines():
        message = json.loads(line)
        assert message["type"] != "RECORD"
        if message["type"] == "BATCH":
            found[message["stream"]] += in_batches(message)
        if message["type"] == "STATE":
            for stream, count in (("hits", 1529), ("browsers", 29)):
                partition = message["value"]["bookmarks"].get(stream, {}).get("partitions", [{}])[0]
                if partition.get("replication_key_value"):
                    assert found[stream] >= count, f"the state of {stream} is ahead"
    assert found == {"hits": 1529, "browsers": 29}, log
