"""Answers that several streams need: asked for once, kept in a file that nobody else sees."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from tap_gotom.storage import private_file, storing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Kept:
    """Objects that are read again and again, without being in memory all at once."""

    def __init__(self, read: Callable[[], Iterable[Any]]) -> None:
        """Keep what is read.

        Args:
            read: Reads the objects; it is called once, when they are first needed.
        """
        self._read = read
        self._stored: BinaryIO | Exception | None = None

    def __iter__(self) -> Iterator[Any]:
        """Give the objects in the order in which they were read.

        Raises:
            Exception: They could not be read, now or before.
        """
        if self._stored is None:
            try:
                self._stored = self._filled()
            except Exception as error:  # noqa: BLE001 - raised again below, each time
                self._stored = error
        if isinstance(self._stored, Exception):
            raise self._stored
        decoder = msgspec.json.Decoder()
        self._stored.seek(0)
        for line in self._stored:
            yield decoder.decode(line)

    def _filled(self) -> BinaryIO:
        """Store the objects, one per line, in a file without a name that is gone when closed."""
        with storing("an answer"):
            file = private_file()
            weakref.finalize(self, file.close)
            for item in self._read():
                file.write(msgspec.json.encode(item) + b"\n")
            file.flush()
        return file
