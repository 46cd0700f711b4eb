"""The archive of a JSON export."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from singer_tapkit.errors import InvalidResponseError
from tap_goatcounter.export_file import ExportFile
from tap_goatcounter.streams.json_export import Archive
from tests.tap_goatcounter.exports import JSON_ROW as ROW
from tests.tap_goatcounter.exports import pack

if TYPE_CHECKING:
    from pathlib import Path


def damage(body: bytes) -> bytes:
    start = body.index(b"hit_stats.jsonl") + len(b"hit_stats.jsonl")
    return body[:start] + b"\xff" * 8 + body[start + 8 :]


def read(body: bytes) -> list[dict[str, object]]:
    return list(Archive(ExportFile("export.zip", io.BytesIO(body))).read_rows("hit_stats.jsonl"))


def test_rows_are_read_from_the_folder_whatever_its_name() -> None:
    row = {"hour": "2026-11-01T10:00:00Z", "path_id": 1, "ref_id": 1, "count": 3}
    assert read(pack()) == [row, row]


def test_a_newer_minor_version_is_read() -> None:
    assert len(read(pack(info__json='{"export_version":"1.7","more":1}'))) == 2


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
        (pack(hit_stats__jsonl=f"{ROW}[1]\n"), "hit_stats.jsonl, line 2: "),
        (pack(hit_stats__jsonl='{"a":' * 100_000), "hit_stats.jsonl, line 1: "),
        (damage(pack(hit_stats__jsonl=ROW * 1000)), "hit_stats.jsonl, line "),
    ],
)
def test_an_archive_that_cannot_be_read_is_named_with_the_place(body: bytes, words: str) -> None:
    with pytest.raises(InvalidResponseError) as failure:
        read(body)
    assert str(failure.value).startswith("export.zip")
    assert words in str(failure.value)


def test_another_compression_is_named() -> None:
    body = bytearray(pack(zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        start = -1
        while (start := body.find(signature, start + 1)) >= 0:
            body[start + offset] = 99
    with pytest.raises(InvalidResponseError, match="compression"):
        read(bytes(body))


def test_the_file_is_closed_with_the_archive(tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    file.write_bytes(pack())
    body = file.open("rb")
    archive = Archive(ExportFile("export.zip", body))
    assert not body.closed
    del archive
    assert body.closed
