"""Files of records that BATCH messages name, which targets load many times faster than records.

What the SDK does otherwise: it compresses at the highest level and also where the settings want
plain files, leaves the file of a killed run behind, and passes stream maps and the selection of
fields over.
"""

from __future__ import annotations

import glob
import sys
import zlib
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Final, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import uuid4

from singer_sdk.contrib.msgspec import encoder

from singer_tapkit.errors import SpoolError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from singer_sdk.helpers._batch import BatchConfig
    from singer_sdk.helpers.types import Record

T = TypeVar("T")

COMPRESSION_LEVEL: Final = 1
"""Higher levels take several times as long for files a fifth smaller, which are read only once."""

ENCODED_AT_ONCE: Final = 500
GZIP_FORMAT: Final = zlib.MAX_WBITS | 16
PARTIAL: Final = ".partial"
CAN_LOCK: Final = sys.platform != "win32"
"""Windows needs no locks for this: there, nobody can remove or rename a file that is open."""


def supports_batch_files(config: BatchConfig) -> bool:
    """Return whether files of this encoding can be written here, and not only by the SDK."""
    encoding = config.encoding
    return encoding.format == "jsonl" and encoding.compression in {None, "none", "gzip"}


class BatchFileWriter:
    """Writes the batch files of one stream.

    A file in a local folder has another name until it is complete. One that a killed run has left
    incomplete is removed by the next.
    """

    def __init__(
        self,
        config: BatchConfig,
        name: str,
        hold_signals: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Name the files of a tap's stream, and remove what killed runs have left.

        Signals are held while a file gets its name and is announced.
        """
        self._config = config
        self._hold_signals = hold_signals
        self._name = f"{config.storage.prefix or ''}{name}"
        self._run = uuid4()
        self._count = 0
        self._is_compressed = config.encoding.compression == "gzip"
        self._folder = _find_local_folder(config.storage.root)
        if self._folder is not None:
            _remove_partial_files(self._folder / self._name)

    def write(
        self,
        records: Iterable[T],
        encode: Callable[[Iterable[T]], Iterable[bytes]],
        announce: Callable[[str], None],
    ) -> None:
        """Write files of as many records as the settings want, and announce each.

        No signal comes between the moment when a file has its name and the end of `announce`.

        Args:
            records: Of any form.
            encode: Turns those of one file into lines of JSON.
            announce: Writes the BATCH message with the file's address.

        Raises:
            SpoolError: A file cannot be written.
        """
        rest = iter(records)
        for first in rest:
            self._write_file(
                encode(chain((first,), islice(rest, self._config.batch_size - 1))), announce
            )

    def _write_file(self, chunks: Iterable[bytes], announce: Callable[[str], None]) -> None:
        self._count += 1
        suffix = ".json.gz" if self._is_compressed else ".json"
        name = f"{self._name}-{self._run}-{self._count}{suffix}"
        address = self._config.storage.get_url(name)
        content = _compress(chunks) if self._is_compressed else chunks
        if self._folder is None:
            with self._config.storage.open(name, "wb") as remote:
                _write_content(content, remote, address)
            announce(address)
            return
        path = self._folder / name
        with _open_partial(path, address) as partial:
            _write_content(content, partial, address)
            with self._hold_signals():
                with _storage_errors(address):
                    if not CAN_LOCK:
                        partial.close()
                    Path(partial.name).replace(path)
                announce(address)


def encode_records(records: Iterable[Record]) -> Iterator[bytes]:
    """Yield records as lines of JSON, many at once."""
    rest = iter(records)
    while batch := list(islice(rest, ENCODED_AT_ONCE)):
        yield encoder.encode_lines(batch)


def _compress(chunks: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(COMPRESSION_LEVEL, wbits=GZIP_FORMAT)
    for chunk in chunks:
        yield compressor.compress(chunk)
    yield compressor.flush()


def _write_content(chunks: Iterable[bytes], file: IO[bytes], address: str) -> None:
    for chunk in chunks:
        with _storage_errors(address):
            file.write(chunk)
    with _storage_errors(address):
        file.flush()


@contextmanager
def _storage_errors(address: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolError(
            f"The batch file {address} cannot be written: {error}. Look at 'storage' in the "
            "setting 'batch_config', and at the space there."
        ) from error


def _find_local_folder(root: str) -> Path | None:
    """Return the folder that a storage root names, None if it is not on this machine."""
    parts = urlsplit(root)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return Path(root).absolute() if "://" not in root else None


@contextmanager
def _open_partial(path: Path, address: str) -> Iterator[BinaryIO]:
    """Open a file under the name that it has until it is complete; remove what is left of it."""
    partial = path.with_name(f".{path.name}{PARTIAL}")
    with ExitStack() as stack:
        with _storage_errors(address):
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.callback(partial.unlink, missing_ok=True)
            file = stack.enter_context(partial.open("xb"))
        if CAN_LOCK:
            _lock(file)
        yield file


def _lock(file: BinaryIO) -> None:
    """Mark a file as in use by a process that lives."""
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_partial_files(start: Path) -> None:
    """Remove what no process writes any more of the files whose path begins so."""
    for partial in start.parent.glob(f".{glob.escape(start.name)}-*{PARTIAL}"):
        with suppress(OSError), ExitStack() as stack:
            if CAN_LOCK:
                _lock(stack.enter_context(partial.open("rb")))
            partial.unlink()
