"""Files of records: whole, of the size that is wanted, and none that no message names."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.helpers._batch import BatchConfig
from upath import UPath

from singer_tapkit import batch_files
from singer_tapkit.batch_files import BatchFileWriter, encode_records, supports_batch_files
from singer_tapkit.errors import InvalidResponseError, SpoolError
from tests.platforms import on_linux

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDS = [{"id": number, "name": "Größe\u2028\n"} for number in range(7)]
ENDLESS = """
import sys, time
from itertools import count
from tests.singer_tapkit.test_batch_files import make_writer
from singer_tapkit.batch_files import encode_records

def rows():
    for number in count():
        if number == 2000:
            print("waiting", flush=True)
            time.sleep(60)
        yield {"id": number}

make_writer(sys.argv[1], batch_size=10**6).write(rows(), encode_records, print)
"""


def make_writer(
    root: str, *, compression: str | None = "gzip", batch_size: int = 3
) -> BatchFileWriter:
    config = BatchConfig.from_dict(
        {
            "encoding": {"format": "jsonl", "compression": compression},
            "storage": {"root": root, "prefix": "night-"},
            "batch_size": batch_size,
        }
    )
    return BatchFileWriter(config, "tap-small--visits", nullcontext)


def read_lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.split(b"\n") if line]


def test_each_file_holds_as_many_records_as_are_wanted(tmp_path: Path) -> None:
    announced: list[str] = []

    make_writer(tmp_path.as_uri()).write(RECORDS, encode_records, announced.append)

    files = [Path(address.removeprefix("file://")) for address in announced]
    found = [read_lines(gzip.decompress(file.read_bytes())) for file in files]
    assert found == [RECORDS[:3], RECORDS[3:6], RECORDS[6:]]
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert all(file.name.startswith("night-tap-small--visits-") for file in files)


@pytest.mark.parametrize("compression", [None, "none"])
def test_files_are_plain_where_the_settings_want_that(
    compression: str | None, tmp_path: Path
) -> None:
    writer = make_writer(str(tmp_path), compression=compression, batch_size=10)

    writer.write(RECORDS, encode_records, lambda _: None)

    (file,) = tmp_path.iterdir()
    assert file.suffix == ".json"
    assert read_lines(file.read_bytes()) == RECORDS


def test_a_file_has_its_name_only_when_it_is_complete(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, int]]:
        yield {"id": 1}
        assert [file.suffix for file in tmp_path.iterdir()] == [".partial"]
        yield {"id": 2}

    make_writer(str(tmp_path)).write(rows(), encode_records, lambda _: None)

    assert [file.suffixes for file in tmp_path.iterdir()] == [[".json", ".gz"]]


def read_damaged() -> Iterator[dict[str, Any]]:
    """Yield a row before one that cannot be read."""
    yield {"id": 1}
    raise InvalidResponseError("a row is damaged")


def test_nothing_is_left_of_a_file_whose_rows_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidResponseError):
        make_writer(str(tmp_path)).write(read_damaged(), encode_records, pytest.fail)

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_has_left_is_removed_by_the_next_but_not_what_another_writes(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        make_writer(str(tmp_path))
        (left,) = tmp_path.iterdir()
        process.kill()
    assert left.exists()

    make_writer(str(tmp_path))

    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be as on Windows: no locks, and nobody removes or renames one that is open."""

    def refuse_open(path: Path) -> None:
        opened = list(Path("/proc/self/fd").iterdir())
        if any(link.is_symlink() and link.readlink() == path for link in opened):
            raise PermissionError(13, "The process cannot access the file", str(path))

    def replace(path: Path, target: Path) -> Path:
        refuse_open(path)
        os.replace(path, target)  # noqa: PTH105
        return target

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        refuse_open(path)
        if path.exists() or not missing_ok:
            os.unlink(path)  # noqa: PTH108

    monkeypatch.setattr(batch_files, "CAN_LOCK", False)
    monkeypatch.delattr(batch_files, "fcntl")
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(Path, "unlink", unlink)


@on_linux
@pytest.mark.usefixtures("windows")
def test_files_are_whole_where_an_open_file_cannot_be_renamed_or_removed(tmp_path: Path) -> None:
    left, in_use, *_ = (
        tmp_path / f".night-tap-small--visits-{number}-1.json.gz.partial" for number in (1, 2)
    )
    left.touch()
    announced: list[str] = []

    with in_use.open("wb"):
        make_writer(tmp_path.as_uri()).write(RECORDS, encode_records, announced.append)
        with pytest.raises(InvalidResponseError):
            make_writer(tmp_path.as_uri()).write(read_damaged(), encode_records, print)

    assert len(announced) == 3
    found = {file.as_uri() for file in tmp_path.iterdir()}
    assert found == {*announced, in_use.as_uri()}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(SpoolError, match=r"/file/night.*File exists.*'batch_config'"):
        make_writer(str(tmp_path / "file")).write(RECORDS, encode_records, lambda _: None)


def test_a_full_disk_is_an_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(SpoolError, match="No space left on device"):
        make_writer(str(tmp_path)).write(RECORDS, encode_records, pytest.fail)

    assert list(tmp_path.iterdir()) == []


def test_files_can_stand_in_a_store_elsewhere(tmp_path: Path) -> None:
    announced: list[str] = []

    make_writer(f"local://{tmp_path}").write(RECORDS[:3], encode_records, announced.append)

    (address,) = announced
    assert read_lines(gzip.decompress(UPath(address).read_bytes())) == RECORDS[:3]


@pytest.mark.parametrize(
    ("encoding", "is_supported"),
    [
        ({"format": "jsonl"}, True),
        ({"format": "jsonl", "compression": "none"}, True),
        ({"format": "jsonl", "compression": "gzip"}, True),
        ({"format": "jsonl", "compression": "zstd"}, False),
        ({"format": "parquet"}, False),
    ],
)
def test_other_encodings_are_left_to_the_sdk(
    encoding: dict[str, str], *, is_supported: bool, tmp_path: Path
) -> None:
    config = BatchConfig.from_dict({"encoding": encoding, "storage": {"root": str(tmp_path)}})

    assert supports_batch_files(config) is is_supported
