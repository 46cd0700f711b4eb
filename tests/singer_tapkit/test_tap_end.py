"""How a run ends that is interrupted, or has nobody left to write to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from array import array
from typing import IO, TYPE_CHECKING

import pytest

from singer_tapkit.fake_server import FakeResponse, FakeServer
from singer_tapkit.testing import read_messages
from tests.platforms import on_linux, on_posix
from tests.singer_tapkit.small_tap import SmallTap
from tests.singer_tapkit.tap_runs import (
    PATIENCE_SECONDS,
    configure_files,
    make_settings,
    run_process,
    write_config,
)

if sys.platform != "win32":
    import fcntl
    import termios

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.singer_tapkit.tap_runs import Invoke


SLOW = FakeResponse(json=[], delay=PATIENCE_SECONDS + 5)

FULL_PIPE_BYTES = 60_000
"""Of a pipe that holds 65,536 bytes, as writes may leave the end of it unused."""


def wait_until_full(pipe: IO[bytes]) -> None:
    """Wait until a pipe takes no more of what is written into it."""
    waiting = array("i", [0])
    while waiting[0] < FULL_PIPE_BYTES:
        time.sleep(0.01)
        fcntl.ioctl(pipe, termios.FIONREAD, waiting)


@on_posix
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
)
def test_a_signal_ends_the_run_with_its_status_and_the_state_so_far(
    server: FakeServer, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    server.respond("/orders/b", FakeResponse(json=[{"id": 7}]))  # whose state has to wait
    server.respond("/orders/c", SLOW)
    with run_process(tmp_path, make_settings(server, accounts=["a", "b", "c"])) as running:
        while not server.received("/orders/c"):
            time.sleep(0.01)
        running.send_signal(number)
        stdout, stderr = running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == status
    assert b"Traceback" not in stderr
    output = read_messages(stdout.splitlines())
    assert output.keys("orders") == [("a", 1), ("a", 2), ("b", 7)]
    assert output.bookmark("orders", account="a") == 2
    assert output.bookmark("orders", account="b") == 7


@on_posix
def test_a_signal_while_the_target_does_not_read_cuts_no_line(
    server: FakeServer, tmp_path: Path
) -> None:
    rows = [{"id": number, "note": "x" * 20_000} for number in range(1, 200)]
    server.respond("/orders/a", FakeResponse(json=rows))
    with run_process(tmp_path, make_settings(server)) as running:
        while not server.received("/orders/a"):
            time.sleep(0.01)
        assert running.stdout is not None
        first = running.stdout.readline()
        wait_until_full(running.stdout)
        running.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.2)
        stdout, _ = running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == 143
    assert stdout.endswith(b"\n")
    output = read_messages([first, *stdout.splitlines()])
    assert 0 < len(output.records["orders"]) < 199
    assert output.messages[-1]["type"] == "STATE"
    assert "replication_key_value" not in json.dumps(output.state)


def open_broken_pipe() -> int:
    near, far = os.pipe()
    os.close(near)
    return far


@pytest.mark.parametrize(
    ("open_output", "reason"),
    [
        (open_broken_pipe, "Broken pipe"),
        pytest.param(lambda: os.open("/dev/full", os.O_WRONLY), "No space left", marks=on_linux),
    ],
)
def test_an_output_that_takes_no_more_is_reported_in_one_sentence(
    server: FakeServer, tmp_path: Path, open_output: Callable[[], int], reason: str
) -> None:
    output = open_output()
    config = write_config(tmp_path, make_settings(server))

    run = subprocess.run(
        [sys.executable, "-m", "tests.singer_tapkit.small_tap", "--config", config],
        check=False,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
    )

    os.close(output)
    assert run.returncode == 1
    assert_one_sentence(run.stderr, reason)


def test_a_reader_that_leaves_is_reported_in_one_sentence(
    server: FakeServer, tmp_path: Path
) -> None:
    rows = [{"id": number, "note": "x" * 1000} for number in range(2000)]
    server.respond("/orders/a", FakeResponse(json=rows))
    with run_process(tmp_path, make_settings(server)) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.close()
        _, log = running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == 1
    assert_one_sentence(log.decode(), "Broken pipe")


def assert_one_sentence(log: str, reason: str) -> None:
    """Assert that a log ends with why the output cannot be written, and has no traceback."""
    assert (
        "ERROR    | tap-small                      | The standard output cannot be written: "
        f"{reason}" in log.splitlines()[-1]
    )
    assert "Traceback" not in log
    assert "Exception ignored" not in log


def test_a_closed_output_is_reported_in_one_sentence(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_config(tmp_path, make_settings(server))
    monkeypatch.setattr(sys, "stdout", None)

    with pytest.raises(Exception, match="standard output is closed"):
        SmallTap.get_singer_command()(["--config", config], standalone_mode=False)


def test_other_errors_of_the_system_are_bugs(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmallTap, "run", lambda _: (tmp_path / "missing").read_text())

    assert isinstance(invoke().exception, FileNotFoundError)


@pytest.mark.parametrize("is_running", [True, False])
@pytest.mark.parametrize("in_files", [True, False])
def test_a_signal_writes_the_state_only_while_it_is_true(
    server: FakeServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_running: bool,
    in_files: bool,
) -> None:
    files = {"batch_config": configure_files(tmp_path)} if in_files else {}
    tap = SmallTap(config=make_settings(server, **files))
    monkeypatch.setattr(tap, "sync_all", lambda: signal.raise_signal(signal.SIGTERM))

    with pytest.raises(SystemExit) as end:
        tap.run() if is_running else signal.raise_signal(signal.SIGTERM)

    assert end.value.code == 143
    assert ("STATE" in capsys.readouterr().out) == (is_running and not in_files)
