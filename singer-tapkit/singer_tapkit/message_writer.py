"""Singer messages: whole lines whatever signals come, and many records at once.

The SDK needs some 20 microseconds per record for steps that change nothing as long as all fields
are selected and no stream map is set. Then, and only then, rows go straight to the encoder, and the
output has the same bytes.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec
from singer_sdk.contrib.msgspec import MsgSpecWriter, encoder
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from typing_extensions import Buffer

BATCH_CELLS: Final = 20_000
"""Maximum number of values that are encoded and written at once."""

ESCAPED: Final = re.compile(r'["\\\x00-\x1f]')


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
        """Do something after what is being written; return False if nothing is."""
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


class _RecordMessage(msgspec.Struct, tag_field="type", tag="RECORD"):
    """A Singer RECORD message, its fields in the SDK's order."""

    stream: str
    record: Any
    version: int | msgspec.UnsetType
    time_extracted: datetime


def encode_messages(records: Iterable[Any], stream_alias: str, version: int | None = None) -> bytes:
    """Return the RECORD messages of what `read_batches` has made as lines of JSON.

    The alias is the name of the stream behind its stream map, the version that of its table.
    """
    now = datetime.now(UTC)
    message_version = msgspec.UNSET if version is None else version
    return encoder.encode_lines(
        [_RecordMessage(stream_alias, record, message_version, now) for record in records]
    )


def read_batches(fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Yield lists of objects that are encoded as records, of values in the order of the fields."""
    make_record = _define_record(tuple(fields))
    batch_size = max(1, BATCH_CELLS // len(fields))
    rows = iter(rows)
    while batch := [make_record(*row) for row in islice(rows, batch_size)]:
        yield batch


@cache
def _define_record(fields: tuple[str, ...]) -> Callable[..., Any]:
    """Return what makes a record of values: a type that is encoded faster than a dictionary.

    The type's own names are neutral, as fields can be called like methods. It cannot have names
    that JSON escapes.
    """
    if ESCAPED.search("".join(fields)):
        return lambda *row: dict(zip(fields, row, strict=True))
    names = [f"field_{number}" for number in range(len(fields))]
    return msgspec.defstruct("Record", names, rename=dict(zip(names, fields, strict=True)))
