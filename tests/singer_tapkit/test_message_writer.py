"""The writer of messages: each one whole, whatever signals come and however Python runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from typing import IO, TYPE_CHECKING

import pytest
from singer_sdk.singerlib import StateMessage
from typing_extensions import override

from singer_tapkit.message_writer import MessageWriter, write_all
from tests.platforms import on_posix

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer

LINES = 20_000
WRITER = f"""
import signal, sys
from singer_tapkit.message_writer import MessageWriter

writer = MessageWriter()

def end(*_):
    if not writer.defer(end):
        writer.write_lines(b"end\\n")
        sys.exit(143)

signal.signal(signal.SIGTERM, end)
writer.write_lines(b"begin\\n" + (b"x" * 99 + b"\\n") * {LINES})
"""


class Pipe(BytesIO):
    """An output on which something happens while it is written to."""

    action: Callable[[], object] | None = None

    @override
    def write(self, data: Buffer, /) -> int:
        action, self.action = self.action, None
        if action:
            action()
        return super().write(data)


@pytest.fixture
def pipe() -> Pipe:
    return Pipe()


def write(pipe: Pipe, writer: MessageWriter, *values: int) -> None:
    """Write a state with each value to the pipe."""
    with redirect_stdout(TextIOWrapper(pipe, write_through=True)) as stdout:
        try:
            for value in values:
                writer.write_message(StateMessage({"a": value}))
        finally:
            stdout.detach()


def encode_states(*values: int) -> list[bytes]:
    """Return the lines of states with these values."""
    return [b'{"type":"STATE","value":{"a":%d}}' % value for value in values]


def test_nothing_is_deferred_between_messages(pipe: Pipe) -> None:
    writer = MessageWriter()
    write(pipe, writer, 1)

    assert not writer.defer(pytest.fail)
    write(pipe, writer, 2)
    assert pipe.getvalue().splitlines() == encode_states(1, 2)


def test_what_comes_within_a_message_waits_for_its_end(pipe: Pipe) -> None:
    writer = MessageWriter()
    deferred: list[bool] = []

    def stop() -> None:
        writer.write_message(StateMessage({"a": 2}))
        sys.exit(143)

    pipe.action = lambda: deferred.append(writer.defer(stop))

    with pytest.raises(SystemExit):
        write(pipe, writer, 1, 3)

    assert deferred == [True]
    assert pipe.getvalue().splitlines() == encode_states(1, 2)


def test_what_comes_between_messages_that_belong_together_waits_for_the_last(pipe: Pipe) -> None:
    writer = MessageWriter()

    ended = []

    with writer.hold_signals():
        write(pipe, writer, 1)
        assert writer.defer(lambda: ended.append(pipe.getvalue()))
        write(pipe, writer, 2)

    assert ended == [pipe.getvalue()]

    assert pipe.getvalue().splitlines() == encode_states(1, 2)


def test_a_message_that_cannot_be_written_defers_nothing_any_more(pipe: Pipe) -> None:
    writer = MessageWriter()

    def close() -> None:
        raise BrokenPipeError

    pipe.action = close
    with pytest.raises(BrokenPipeError):
        write(pipe, writer, 1)

    assert not writer.defer(close)


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
        written = output.readlines()

    assert process.returncode == 143
    assert written == [b"x" * 99 + b"\n"] * LINES + [b"end\n"]


def test_what_takes_little_at_once_gets_everything() -> None:
    class Narrow(BytesIO):
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
