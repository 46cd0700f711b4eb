"""Large reports take no memory, leave no files, and claim nothing that is not written."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command_line import messages, read_until, stop
from tests.platforms import on_linux
from tests.sandbox.gotom import Report

if TYPE_CHECKING:
    import subprocess

    from tests.tap_gotom.command_line import CommandLineTap
    from tests.tap_gotom.servers import GoTomServer

pytestmark = on_linux

MIB = 1 << 20


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the tap's folder for temporary files, empty."""
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def read_peak_memory(process: subprocess.Popen[str]) -> int:
    """Return the most memory that a process has had so far, in bytes; 0 if it has ended."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    return sum(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) * 1024


def find_open_spools(process: subprocess.Popen[str]) -> list[str]:
    """Return the files that a running process has open in its folder for temporary files."""
    targets = []
    for entry in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it may be closed by now
            targets.append(str(entry.readlink()))
    return [target for target in targets if "spool" in target]


def test_memory_stays_flat(server: GoTomServer, command_line: CommandLineTap) -> None:
    server.sandbox.add_report(46, Report.of_size(80 * MIB))
    process = command_line.start(server.configure_report())
    assert process.stdout is not None
    peak = 0
    while process.stdout.read(MIB):
        peak = max(peak, read_peak_memory(process))
    assert process.wait(60) == 0
    assert 20 * MIB < peak < 100 * MIB


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_killed_while_it_writes_leaves_no_file_and_claims_nothing(
    server: GoTomServer, command_line: CommandLineTap, spool: Path, end: signal.Signals
) -> None:
    server.sandbox.add_report(46, Report.of_size(4 * MIB))
    process = command_line.start(server.configure_report(skip_unchanged=True))
    written = read_until(process, '"RECORD"')
    assert len(find_open_spools(process)) == 1
    assert list(spool.iterdir()) == []
    written += stop(process, end)
    assert list(spool.iterdir()) == []
    assert "ACTIVATE_VERSION" not in {message["type"] for message in messages(written)}
    assert '"digest"' not in "".join(written)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_killed_while_it_downloads_leaves_no_file(
    server: GoTomServer, command_line: CommandLineTap, spool: Path, end: signal.Signals
) -> None:
    server.sandbox.add_report(46, Report.of_size(1 << 40))
    process = command_line.start(server.configure_report(columns={"Kampagne": "string"}))
    deadline = time.monotonic() + 60
    while not find_open_spools(process):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not any('"RECORD"' in line for line in stop(process, end))
    assert list(spool.iterdir()) == []


def test_the_run_after_one_that_was_killed_loads_everything(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    server.sandbox.add_report(46, Report.of_size(MIB))
    settings = server.configure_report(skip_unchanged=True)
    process = command_line.start(settings)
    written = read_until(process, '"RECORD"') + stop(process, signal.SIGTERM)
    states = [line["value"] for line in messages(written) if line["type"] == "STATE"]
    run = command_line.succeed(settings, state=states[-1])
    assert sum('"RECORD"' in line for line in written) < len(run.records["sales"])
    assert len(run.output.activated_versions) == 1
