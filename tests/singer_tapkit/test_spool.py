"""Files that nobody else sees, and what happens where there is no room for them."""

from __future__ import annotations

import errno
import gc
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest
import requests

from singer_tapkit import spool
from singer_tapkit.errors import ExtractionError, InvalidResponseError, SpoolError
from singer_tapkit.spool import RecordSpool, disk_errors, open_spool
from tests.platforms import on_linux

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = on_linux

FULL = Path("/dev/full")
"""A device of Linux on which there is never any room."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, as the environment chooses it."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def find_folder_of(file: Any) -> Path:
    """Return the folder of an open file without a name."""
    return Path(f"/proc/self/fd/{file.fileno()}").readlink().parent


def fill_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every temporary file be on a full device."""

    def open_full(**options: Any) -> Any:
        assert options["buffering"] == 0
        return FULL.open("r+b", buffering=0)

    monkeypatch.setattr("tempfile.TemporaryFile", open_full)


def write_through(file: BinaryIO, content: bytes) -> None:
    file.write(content)
    file.flush()


def test_a_spool_has_no_name_and_is_read_as_written(folder: Path) -> None:
    with open_spool("tap-") as file:
        file.write(b"Kampagne")
        file.seek(0)

        assert file.read() == b"Kampagne"
        assert find_folder_of(file) == folder
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize("place", ["set in Python", "second variable", "found by Python"])
@pytest.mark.usefixtures("folder")
def test_the_folder_is_found_as_python_finds_it(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    if place == "set in Python":
        monkeypatch.setattr(tempfile, "tempdir", str(chosen))
    elif place == "second variable":
        monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
        monkeypatch.setenv("TEMP", str(chosen))
    else:
        monkeypatch.setattr(spool, "USUAL_FOLDERS", ())
        for name in ("TMPDIR", "TEMP", "TMP"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(chosen)])

    with open_spool("tap-") as file:
        assert find_folder_of(file) == chosen


def test_no_probe_is_left_by_a_process_that_is_killed(tmp_path: Path) -> None:
    program = """
import os, sys
def kill_at_first_file(event, args):
    if event == "open" and isinstance(args[0], str) and args[0].startswith(sys.argv[1] + "/"):
        os.kill(os.getpid(), 9)
from singer_tapkit.spool import open_spool
sys.addaudithook(kill_at_first_file)
open_spool("tap-").write(b"x")
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}

    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], env=environment, check=False
    )

    assert found.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error_that_says_what_to_do() -> None:
    with (
        pytest.raises(SpoolError, match=r"Report 46 cannot be stored.*No space.* Set TMPDIR"),
        disk_errors("Report 46"),
        FULL.open("wb", buffering=0) as file,
    ):
        file.write(b"Kampagne")


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_close_that_fails_again_hides_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_up(monkeypatch)

    with pytest.raises(SpoolError), open_spool("tap-") as file, disk_errors("Report 46"):
        write_through(file, b"x" * size)

    assert file.closed


@pytest.mark.parametrize(
    "error", [requests.ConnectionError(), ConnectionResetError(), TimeoutError(), ValueError()]
)
def test_errors_of_connections_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, disk_errors("Report 46"):
        raise error

    assert raised.value is error


def test_records_are_read_once_and_iterated_many_times() -> None:
    reads = []

    def read() -> Iterator[dict[str, Any]]:
        reads.append("")
        yield from ({"id": number, "name": "Küste\n" * 20} for number in range(3000))

    records = RecordSpool(read)

    expected = [{"id": number, "name": "Küste\n" * 20} for number in range(3000)]
    assert list(zip(records, records, strict=True)) == list(zip(expected, expected, strict=True))
    assert list(records) == expected
    assert len(reads) == 1


def test_threads_share_records() -> None:
    records = RecordSpool(lambda: range(20_000))

    with ThreadPoolExecutor(4) as threads:
        sums = list(threads.map(lambda _: sum(records), range(8)))

    assert sums == [199_990_000] * 8


def read_in_turn(*outcomes: Any) -> RecordSpool:
    """Return a spool whose reads come out so, one after the other."""
    left = list(outcomes)

    def read() -> Iterator[int]:
        yield 1
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        yield outcome

    return RecordSpool(read)


def test_an_extraction_error_is_raised_each_time() -> None:
    records = read_in_turn(InvalidResponseError("the list is damaged"))

    for _ in range(2):
        with pytest.raises(ExtractionError, match="the list is damaged"):
            list(records)


def test_another_error_passes_and_is_not_kept() -> None:
    records = read_in_turn(ConnectionResetError("network"), 2)

    with pytest.raises(ConnectionResetError, match="network"):
        list(records)
    assert list(records) == [1, 2]


@pytest.mark.parametrize("count", [1, 200_000])
def test_records_without_room_are_an_error_each_time(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_up(monkeypatch)
    records = RecordSpool(lambda: range(count))

    for _ in range(2):
        with pytest.raises(SpoolError, match=r"A response cannot be stored.*No space"):
            list(records)


def test_a_file_that_cannot_be_opened_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)

    with pytest.raises(SpoolError, match="Too many open files"):
        list(RecordSpool(lambda: [1]))


def test_the_file_is_closed_with_its_records(monkeypatch: pytest.MonkeyPatch) -> None:
    files = []

    def open_and_note(prefix: str) -> Any:
        files.append(open_spool(prefix))
        return files[-1]

    monkeypatch.setattr(spool, "open_spool", open_and_note)
    records = RecordSpool(lambda: [1])
    list(records)
    assert not files[0].closed

    del records
    gc.collect()

    assert files[0].closed
