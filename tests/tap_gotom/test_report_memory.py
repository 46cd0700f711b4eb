"""Large reports take neither memory nor leave files behind."""

from __future__ import annotations

import contextlib
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.gotom import Ending, Report
from tests.tap_gotom.places import report

if TYPE_CHECKING:
    import subprocess

    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

MIB = 1 << 20


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tap's folder for temporary files, empty."""
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def peak(process: subprocess.Popen[str]) -> int:
    """The most memory that a running process has had so far, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def open_files(process: subprocess.Popen[str]) -> list[str]:
    """What a running process has open in its folder for temporary files, without a name there.

    Python tries out that folder with a file that has a name, and is gone in a moment.
    """
    targets = []
    for entry in Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it may be closed by now
            targets.append(str(entry.readlink()))
    return [target for target in targets if "spool" in target and target.endswith(" (deleted)")]


def left_in(folder: Path) -> list[Path]:
    """What a run has left in its folder for temporary files.

    Python's own trial file may be left by a run that is killed in that moment. It has eight
    characters for a name, and four bytes at most.
    """
    return [
        path
        for path in folder.iterdir()
        if not re.fullmatch("[a-z0-9_]{8}", path.name) or path.read_bytes() not in {b"", b"blat"}
    ]


def test_memory_stays_flat_whatever_the_size(place: Place, tap: Tap) -> None:
    place.server.add_report(46, Report.of_size(80 * MIB))
    process = tap.start(place.graph(report()))
    assert process.stdout is not None
    most = 0
    for number, line in enumerate(process.stdout):
        if number % 100_000 == 0 or line.startswith('{"type":"ACTIVATE_VERSION"'):
            most = max(most, peak(process))
    assert process.wait(60) == 0
    assert 20 * MIB < most < 100 * MIB


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_run_leaves_no_file_and_claims_nothing(
    place: Place, tap: Tap, spool: Path, end: signal.Signals
) -> None:
    place.server.add_report(46, Report.of_size(30 * MIB))
    process = tap.start(place.graph(report(skip_unchanged=True)))
    assert process.stdout is not None
    for number, line in enumerate(process.stdout):
        assert "ACTIVATE_VERSION" not in line
        if number == 1000:
            assert len(open_files(process)) == 1
            assert list(spool.iterdir()) == []
            break
    process.send_signal(end)
    rest, _ = process.communicate(timeout=60)
    assert "ACTIVATE_VERSION" not in rest
    assert '"digest"' not in rest
    assert left_in(spool) == []


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_killed_while_it_downloads_leaves_no_file(
    place: Place, tap: Tap, spool: Path, end: signal.Signals
) -> None:
    place.server.add_report(46, Report.of_size(1 << 40))
    process = tap.start(place.graph(report(columns={"Kampagne": "string"}, skip_unchanged=True)))
    deadline = time.monotonic() + 60
    while not open_files(process):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(end)
    written, _ = process.communicate(timeout=60)
    assert left_in(spool) == []
    assert '"RECORD"' not in written
    assert '"digest"' not in written


def test_a_failed_run_leaves_no_file(place: Place, tap: Tap, spool: Path) -> None:
    whole = Report.of_size(MIB)
    place.server.add_report(46, whole)
    catalog = tap.discover(place.graph(report()))
    place.server.add_report(46, Report(whole.content, ends_after=MIB // 2, ending=Ending.ORDERLY))
    run = tap.fail(place.graph(report(), max_retries=0), catalog=catalog)
    assert "RECORD" not in run.output.kinds("sales")
    assert list(spool.iterdir()) == []
