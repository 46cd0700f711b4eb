"""Lines come out whole, though a signal comes while the pipe is full."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from typing import IO

import pytest
from typing_extensions import override

from singer_tapkit.output import block_signals, write_all
from tests.platforms import on_posix

LINES = 20_000
WRITER = f"""
import signal, sys
from singer_tapkit.output import block_signals, write_all

def end(*_):
    write_all(sys.stdout.buffer, b"end\\n")
    sys.exit(143)

signal.signal(signal.SIGTERM, end)
with block_signals():
    write_all(sys.stdout.buffer, b"begin\\n" + (b"x" * 99 + b"\\n") * {LINES})
"""


@on_posix
@pytest.mark.parametrize("options", [[], ["-u"]])
def test_a_signal_cuts_no_line_with_and_without_a_buffer(options: list[str]) -> None:
    command = [sys.executable, *options, "-c", WRITER]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        output: IO[bytes] | None = process.stdout
        assert output is not None
        assert output.readline() == b"begin\n"
        process.send_signal(signal.SIGTERM)
        lines = output.readlines()

    assert process.returncode == 143
    assert lines == [b"x" * 99 + b"\n"] * LINES + [b"end\n"]


def test_what_takes_little_at_once_gets_everything() -> None:
    class Narrow(io.BytesIO):
        @override
        def write(self, content: object) -> int:
            return super().write(memoryview(content)[:3])  # type: ignore[arg-type]

    output = Narrow()

    write_all(output, b"0123456789")

    assert output.getvalue() == b"0123456789"


def test_an_output_that_does_not_wait_is_an_error() -> None:
    near, far = os.pipe()
    os.set_blocking(far, False)
    with (
        os.fdopen(near, "rb"),
        os.fdopen(far, "wb", buffering=0) as output,
        pytest.raises(BlockingIOError),
    ):
        write_all(output, b"x" * 2**20)


def test_each_signal_is_sent_again_after_the_block() -> None:
    seen: list[str] = []
    before = {
        number: signal.signal(number, lambda number, _: seen.append(signal.Signals(number).name))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with block_signals():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            seen.append("written")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert seen == ["written", "SIGTERM", "SIGINT"]


def test_another_thread_needs_no_block() -> None:
    done: list[str] = []

    def write() -> None:
        with block_signals():
            done.append("written")

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()

    assert done == ["written"]
