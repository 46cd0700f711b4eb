"""The writer of messages: each one whole, whatever signals come."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

import pytest
from singer_sdk.singerlib import StateMessage
from typing_extensions import override

from singer_tapkit.message_writer import MessageWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer


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


def lines(*values: int) -> list[bytes]:
    """Return the lines of states with these values."""
    return [b'{"type":"STATE","value":{"a":%d}}' % value for value in values]


def test_messages_are_written_as_lines(pipe: Pipe) -> None:
    write(pipe, MessageWriter(), 1, 2)

    assert pipe.getvalue().splitlines() == lines(1, 2)


def test_nothing_is_deferred_between_messages(pipe: Pipe) -> None:
    writer = MessageWriter()
    write(pipe, writer, 1)

    assert not writer.defer(pytest.fail)
    write(pipe, writer, 2)
    assert pipe.getvalue().splitlines() == lines(1, 2)


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
    assert pipe.getvalue().splitlines() == lines(1, 2)


def test_a_message_that_cannot_be_written_defers_nothing_any_more(pipe: Pipe) -> None:
    writer = MessageWriter()

    def close() -> None:
        raise BrokenPipeError

    pipe.action = close
    with pytest.raises(BrokenPipeError):
        write(pipe, writer, 1)

    assert not writer.defer(close)
