"""The writer of Singer messages: whole lines, also when signals come and Python does not buffer."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from singer_sdk.contrib.msgspec import MsgSpecWriter
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Buffer


class MessageWriter(MsgSpecWriter):
    """A writer that lets what a signal asks for wait until the message is out.

    A signal that comes while the pipe is full interrupts the writing. The state, which the SDK
    writes then, would stand in the midst of another line.
    """

    _holders = 0
    _deferred: Callable[[], object] | None = None

    @override
    def write_message(self, message: Any) -> None:
        self._holders += 1
        try:
            write_all(sys.stdout.buffer, self.format_message(message))
        finally:
            self._holders -= 1
        self._run_deferred()

    def write_lines(self, lines: bytes | bytearray) -> None:
        """Write many messages that are encoded already."""
        with self.hold_signals():
            write_all(sys.stdout.buffer, lines)

    @contextmanager
    def hold_signals(self) -> Iterator[None]:
        """Let what signals ask for wait until the end of what belongs together."""
        self._holders += 1
        try:
            yield
        finally:
            self._holders -= 1
        self._run_deferred()

    def defer(self, action: Callable[[], object]) -> bool:
        """Do something after what is being written.

        Returns:
            Whether it is deferred: not if nothing is being written.
        """
        if self._holders:
            self._deferred = action
        return bool(self._holders)

    def _run_deferred(self) -> None:
        if self._deferred is not None and not self._holders:
            action, self._deferred = self._deferred, None
            action()


def write_all(output: IO[bytes], content: bytes | bytearray) -> None:
    """Write everything, and flush.

    Where Python does not buffer, as with ``PYTHONUNBUFFERED`` in many container images, one call
    writes only what fits into the pipe when a signal comes meanwhile.

    Raises:
        OSError: It cannot be written, or not without waiting.
    """
    done = _write(output, content)
    while done < len(content):
        # The SDK's writer uses its buffer again, which it cannot while anything looks into it.
        with memoryview(content) as view, view[done:] as rest:
            done += _write(output, rest)
    output.flush()


def _write(output: IO[bytes], content: Buffer) -> int:
    written = output.write(content)
    if written is None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return written
