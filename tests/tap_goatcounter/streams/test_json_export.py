"""The streams `json_*`: all statistics of a newer server from one export."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import InvalidResponseError
from tap_goatcounter.export_file import ExportFile
from tap_goatcounter.streams.json_export import Archive
from tests.tap_goatcounter.exports import JSON_ROW, count_exports, pack
from tests.tap_goatcounter.servers import get_day, make_view, select_visitors

if TYPE_CHECKING:
    from pathlib import Path

    from singer_tapkit.testing import TapRun
    from tests.sandbox.goatcounter import Hit
    from tests.tap_goatcounter.servers import Sandbox

STATISTICS = {
    "json_hit_stats": ["hour", "path_id", "ref_id"],
    "json_browser_stats": ["day", "path_id", "browser_id"],
    "json_system_stats": ["day", "path_id", "system_id"],
    "json_location_stats": ["day", "path_id", "location"],
    "json_size_stats": ["day", "path_id", "width"],
    "json_language_stats": ["day", "path_id", "language"],
}
TABLES = {name: ["id"] for name in ("json_paths", "json_refs", "json_browsers", "json_systems")}
ALL = {**STATISTICS, **TABLES}
"""The keys of all streams within a site."""


def make_hits(days: range) -> list[Hit]:
    """Return some visits on each of these days ago."""
    return [
        make_view(
            f"/{number % 3}",
            days_ago=days_ago,
            session=f"{days_ago} {number}",
            at=f"{8 + number:02}:30:00",
            ref=("", "ref one")[number % 2],
            location=("NL", "US-TX", "")[number % 3],
            size=("390", "", "1920")[number % 3],
        )
        for days_ago in days
        for number in range(7)
    ]


def list_first_days(sandbox: Sandbox) -> list[str | None]:
    """Return the first days that exports were asked for."""
    bodies = [json.loads(request.body) for request in sandbox.received("POST", "/export")]
    assert all(body["format"] == "json" for body in bodies)
    return [body.get("start_from_day") for body in bodies]


def test_every_visitor_is_in_every_kind_of_statistics(newer: Sandbox) -> None:
    hits = [*make_hits(range(1, 6)), make_view("sign up", event=True, session="1 1", days_ago=1)]
    newer.add(*hits)
    run = newer.read(*ALL)
    assert count_exports(newer) == 1
    paths = {row["id"]: row["path"] for row in run.records["json_paths"]}
    refs = {row["id"]: row["ref"] for row in run.records["json_refs"]}
    visitors = [(hit, str(hit.created_at)) for hit in select_visitors(hits)]
    expected: dict[tuple[str, ...], Counter[Any]] = {
        ("json_hit_stats", "hour", "path_id", "ref_id"): Counter(
            (f"{moment[:13]}:00:00Z", hit.path, hit.ref) for hit, moment in visitors
        ),
        ("json_location_stats", "day", "path_id", "location"): Counter(
            (moment[:10], hit.path, hit.location) for hit, moment in visitors
        ),
        ("json_size_stats", "day", "path_id", "width"): Counter(
            (moment[:10], hit.path, int(hit.size or 0)) for hit, moment in visitors
        ),
    }
    for (stream, *names), counts in expected.items():
        assert get_counts(run, stream, *names, paths=paths, refs=refs) == counts, stream
    for stream in STATISTICS:
        assert sum(row["count"] for row in run.records[stream]) == len(visitors), stream
    events = {row["path"] for row in run.records["json_paths"] if row["event"]}
    assert events == {"sign up"}
    for stream, names_of_keys in ALL.items():
        assert run.output.schemas[stream]["key_properties"] == ["site_id", *names_of_keys]
        keys = run.output.keys(stream)
        assert keys
        assert len(keys) == len(set(keys)), stream


def get_counts(run: TapRun, stream: str, *names: str, **tables: dict[int, str]) -> Counter[Any]:
    """Return counts by some fields, ids of paths and referrers replaced by what they stand for."""
    names_of = {f"{table.removesuffix('s')}_id": rows for table, rows in tables.items()}
    return Counter(
        {
            tuple(names_of.get(name, {}).get(row[name], row[name]) for name in names): row["count"]
            for row in run.records[stream]
        }
    )


def test_the_first_run_reads_everything_and_the_next_one_the_last_days_again(
    newer: Sandbox,
) -> None:
    newer.add(*make_hits(range(4, 30)))
    first = newer.read(*ALL)
    newer.add(*make_hits(range(1, 4)))
    second = newer.read(*ALL, state=first.state, stats_lookback_days=2)
    assert list_first_days(newer) == [None, f"{get_day(6)}T00:00:00Z"]
    days = {row["day"] for row in second.records["json_size_stats"]}
    assert days == {str(get_day(number)) for number in range(1, 7)}
    assert len(second.records["json_paths"]) == 3


def test_a_stream_selected_later_gets_its_past_in_the_same_export(newer: Sandbox) -> None:
    newer.add(*make_hits(range(1, 20)))
    first = newer.read("json_hit_stats")
    second = newer.read("json_hit_stats", "json_size_stats", state=first.state)
    assert list_first_days(newer) == [None, None]
    assert len({row["day"] for row in second.records["json_size_stats"]}) == 19


def test_an_older_server_has_no_json_export(older: Sandbox) -> None:
    older.add(make_view("/a"))
    run = older.fail_to_read("json_hit_stats", "json_paths", "hits")
    assert "has no JSON export, which came after version 2.7" in run.log
    assert len(run.records["hits"]) == 1
    assert count_exports(older) == 1


def test_an_export_that_failed_without_a_word_fails_all_its_streams_with_one_request(
    newer: Sandbox,
) -> None:
    newer.add(make_view("/a"))
    newer.server.next_export.never_finishes = True
    run = newer.fail_to_read(
        "json_hit_stats", "json_size_stats", "json_paths", export_timeout_seconds=1
    )
    assert "3 part(s) of the sync failed" in run.error
    assert run.log.count("not finished within 1 seconds") >= 3
    assert count_exports(newer) == 1


def test_a_row_of_the_future_does_not_take_the_bookmark_along(newer: Sandbox) -> None:
    rows = '{"hour":"2199-11-01T10:00:00Z","path_id":1,"ref_id":1,"count":3}\n'
    newer.server.next_export.json = pack(hit_stats__jsonl=rows)
    run = newer.read("json_hit_stats")
    assert len(run.records["json_hit_stats"]) == 1
    assert run.output.bookmark("json_hit_stats", site_id=1)[:10] == str(get_day(0))


@pytest.mark.parametrize(
    "archive",
    [
        pack(info__json="{"),
        pack(size_stats__jsonl='{"day":'),
        pack(size_stats__jsonl='{"day":"2026-11-01","path_id":null,"width":1,"count":1}'),
    ],
    ids=["archive", "line", "key"],
)
def test_an_archive_with_a_bad_part_is_not_taken_up_again(newer: Sandbox, archive: bytes) -> None:
    streams = ("json_hit_stats", "json_size_stats")
    newer.add(*make_hits(range(1, 3)))
    newer.server.next_export.json = archive
    first = newer.fail_to_read(*streams)
    second = newer.read(*streams, state=first.state)
    assert len({row["day"] for row in second.records["json_size_stats"]}) == 2
    assert count_exports(newer) == 2


@pytest.mark.parametrize(
    ("stream", "key", "bookmark"),
    [("json_size_stats", "count", str(get_day(1))), ("json_paths", "id", None)],
)
def test_another_replication_key_in_a_catalog_does_not_change_what_the_bookmark_is(
    newer: Sandbox, stream: str, key: str, bookmark: str | None
) -> None:
    newer.add(make_view("/a", days_ago=1))
    catalog = newer.discover(stream, replication_method="INCREMENTAL", replication_key=key)
    run = newer.read(stream, catalog=catalog)
    assert len(run.records[stream]) == 1
    assert run.output.bookmark(stream, site_id=1) == bookmark


@pytest.mark.parametrize("row", ['{"path_id":1,"ref_id":1}', '{"hour":7,"path_id":1,"ref_id":1}'])
def test_a_row_without_its_key_is_an_error_and_moves_no_bookmark(newer: Sandbox, row: str) -> None:
    newer.server.next_export.json = pack(hit_stats__jsonl=f"{row}\n")
    run = newer.fail_to_read("json_hit_stats")
    assert "'hour'" in run.error
    assert run.output.bookmark("json_hit_stats", site_id=1) is None


def damage(body: bytes) -> bytes:
    start = body.index(b"hit_stats.jsonl") + len(b"hit_stats.jsonl")
    return body[:start] + b"\xff" * 8 + body[start + 8 :]


def read_archive(body: bytes) -> list[dict[str, object]]:
    return list(Archive(ExportFile("export.zip", io.BytesIO(body))).read_rows("hit_stats.jsonl"))


def test_rows_are_read_from_the_folder_whatever_its_name() -> None:
    row = {"hour": "2026-11-01T10:00:00Z", "path_id": 1, "ref_id": 1, "count": 3}
    assert read_archive(pack()) == [row, row]


def test_a_newer_minor_version_is_read() -> None:
    assert len(read_archive(pack(info__json='{"export_version":"1.7","more":1}'))) == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"not a ZIP", "the archive: File is not a zip file"),
        (pack(info__json='{"export_version":"2.0"}'), "has version 2.0 of the format"),
        (pack(info__json=None), "has no info.json"),
        (pack(info__json="{"), "info.json: "),
        (pack(info__json='{"export_version":1}'), "info.json: "),
        (pack(info__json="[]"), "info.json: "),
        (pack(hit_stats__jsonl=None), "has no hit_stats.jsonl"),
        (pack(hit_stats__jsonl='{"hour":\n'), "hit_stats.jsonl, line 1: "),
        (pack(hit_stats__jsonl=f"{JSON_ROW}[1]\n"), "hit_stats.jsonl, line 2: "),
        (pack(hit_stats__jsonl='{"a":' * 100_000), "hit_stats.jsonl, line 1: "),
        (damage(pack(hit_stats__jsonl=JSON_ROW * 1000)), "hit_stats.jsonl, line "),
    ],
)
def test_an_archive_that_cannot_be_read_is_named_with_the_place(body: bytes, words: str) -> None:
    with pytest.raises(InvalidResponseError) as failure:
        read_archive(body)
    assert str(failure.value).startswith("export.zip")
    assert words in str(failure.value)


def test_another_compression_is_named() -> None:
    body = bytearray(pack(zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        start = -1
        while (start := body.find(signature, start + 1)) >= 0:
            body[start + offset] = 99
    with pytest.raises(InvalidResponseError, match="compression"):
        read_archive(bytes(body))


def test_the_file_is_closed_with_the_archive(tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    file.write_bytes(pack())
    body = file.open("rb")
    archive = Archive(ExportFile("export.zip", body))
    assert not body.closed
    del archive
    assert body.closed
