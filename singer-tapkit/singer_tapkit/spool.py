"""Temporary files without a name, in which large responses wait to be read."""

from __future__ import annotations

import io
import os
import tempfile
import weakref
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgspec
from requests import RequestException
from typing_extensions import override

from singer_tapkit.errors import ExtractionError, SpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BATCH_SIZE: Final = 500
CONTENT: Final = "A response"
READ_BYTES: Final = 2**16
USUAL_FOLDERS: Final = ("/tmp", "/var/tmp")  # noqa: S108 - the files in them have no name

encoder = msgspec.json.Encoder()
decoder = msgspec.json.Decoder()


class _SpoolFile(io.BufferedRandom):
    """A temporary file that can always be closed.

    What cannot be written when it is closed would be gone with the file anyway. An error then
    would only hide the first one.
    """

    @override
    def close(self) -> None:
        """Close the file, whether or not what is left can be written."""
        with suppress(OSError):
            super().close()


def open_spool(prefix: str) -> BinaryIO:
    """Open a file without a name in the file system, which is gone when closed.

    On systems that cannot do without a name, it has one for a moment, with a prefix.
    """
    raw = tempfile.TemporaryFile(  # noqa: SIM115 - the caller closes it
        buffering=0, prefix=prefix, dir=_find_folder()
    )
    return _SpoolFile(raw)


def _find_folder() -> str | None:
    """Return the folder for temporary files without writing into it, None if it is not found so.

    Python's own search writes a file to probe the folder. A process that is killed at that moment
    leaves it behind.
    """
    if tempfile.tempdir is not None:
        return tempfile.tempdir
    chosen = (os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    for folder in map(Path, filter(None, [*chosen, *USUAL_FOLDERS])):
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
            return str(folder.absolute())
    return None


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn errors of the file system in storing something, such as "Report 46", into a hint.

    Raises:
        SpoolError: A file cannot be opened, written or read. Errors of connections, which are
            OSErrors as well, pass.
    """
    try:
        yield
    except (RequestException, ConnectionError, TimeoutError):
        raise
    except OSError as error:
        raise SpoolError(
            f"{what} cannot be stored in a temporary file: {error}. Set TMPDIR to a folder with "
            "enough space."
        ) from error


class RecordSpool:
    """Objects that are read once and iterated many times, without being in memory all at once."""

    def __init__(self, read: Callable[[], Iterable[Any]]) -> None:
        """Prepare to store what is read.

        Args:
            read: Reads the objects. It is called when they are first needed, and not again unless
                it raised something else than an `ExtractionError`.
        """
        self._read = read
        self._stored: BinaryIO | ExtractionError | None = None
        self._lock = Lock()

    def __iter__(self) -> Iterator[Any]:
        """Yield the objects in the order in which they were read.

        Raises:
            ExtractionError: They could not be read or stored, now or before.
        """
        file = self._open()
        offset = 0
        while True:
            with self._lock, disk_errors(CONTENT):
                file.seek(offset)
                lines = file.readlines(READ_BYTES)
                offset = file.tell()
            if not lines:
                return
            yield from map(decoder.decode, lines)

    def _open(self) -> BinaryIO:
        with self._lock:
            if self._stored is None:
                try:
                    self._stored = self._fill()
                except ExtractionError as error:
                    self._stored = error
        if isinstance(self._stored, ExtractionError):
            raise self._stored
        return self._stored

    def _fill(self) -> BinaryIO:
        """Store the objects, one per line."""
        with disk_errors(CONTENT), ExitStack() as on_failure:
            file = on_failure.enter_context(open_spool("spool-"))
            items = iter(self._read())
            while batch := list(islice(items, BATCH_SIZE)):
                file.write(encoder.encode_lines(batch))
            file.flush()
            on_failure.pop_all()
        weakref.finalize(self, file.close)
        return file
