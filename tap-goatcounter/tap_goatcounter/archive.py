"""Read the archive of a JSON export: one folder of JSON-lines files in a ZIP.

Source: GoatCounter's help page on the JSON export, version 1.0 of the format. Added files and
fields raise the minor number, removals the major one.
"""

from __future__ import annotations

import weakref
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec

from singer_tapkit.errors import InvalidResponseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_goatcounter.export_file import ExportFile

MAJOR_VERSION: Final = "1"
DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,  # among them NotImplementedError, for other compressions, and RecursionError
    msgspec.DecodeError,
    UnicodeDecodeError,
)


class _Info(msgspec.Struct):
    export_version: str


class Archive:
    """The statistics of a site, in one file."""

    def __init__(self, file: ExportFile) -> None:
        """Open an archive.

        Args:
            file: The file, which is closed when the archive is no longer in use.

        Raises:
            InvalidResponseError: It is no such archive, or one of another major version.
        """
        self._name = file.name
        weakref.finalize(self, file.body.close)
        with self._report_damage("the archive"):
            self._zip = zipfile.ZipFile(file.body)
        self._members = {member.rpartition("/")[2]: member for member in self._zip.namelist()}
        with self._report_damage("info.json"):
            info = self._zip.read(self._find_member("info.json"))
            version = msgspec.json.decode(info, type=_Info).export_version
        if version.partition(".")[0] != MAJOR_VERSION:
            raise InvalidResponseError(
                f"{self._name} has version {version} of the format and this tap reads version "
                f"{MAJOR_VERSION}. Look for a newer tap."
            )

    def read_rows(self, file: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of one of the files.

        Args:
            file: The file's name, such as ``hit_stats.jsonl``.

        Raises:
            InvalidResponseError: The file is missing or one of its lines is broken.
        """
        decoder = msgspec.json.Decoder(dict[str, Any])
        number = 0
        try:
            with self._zip.open(self._find_member(file)) as lines:
                for number, line in enumerate(lines, start=1):  # noqa: B007
                    yield decoder.decode(line)
        except DAMAGED as error:
            raise self._build_error(f"{file}, line {number}", error) from error

    @contextmanager
    def _report_damage(self, part: str) -> Iterator[None]:
        try:
            yield
        except DAMAGED as error:
            raise self._build_error(part, error) from error

    def _build_error(self, part: str, error: Exception) -> InvalidResponseError:
        return InvalidResponseError(
            f"{self._name}, {part}: {error}. The bookmark stays where it was; run the tap again."
        )

    def _find_member(self, file: str) -> str:
        if file not in self._members:
            raise InvalidResponseError(f"{self._name} has no {file}. Look for a newer tap.")
        return self._members[file]
