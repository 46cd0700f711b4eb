"""Read the archive of a JSON export: one folder of JSON-lines files in a ZIP.

Source: GoatCounter's help page on the JSON export, version 1.0 of the format. Added files and
fields raise the minor number, removals the major one.
"""

from __future__ import annotations

import weakref
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from tap_goatcounter.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAJOR_VERSION = "1"


class Archive:
    """The statistics of a site, in one file."""

    def __init__(self, name: str, body: BinaryIO) -> None:
        """Open an archive.

        Args:
            name: The file's name, for errors.
            body: The file, which is closed when the archive is no longer in use.

        Raises:
            ExportError: It is no such archive, or one of another major version.
        """
        self._name = name
        weakref.finalize(self, body.close)
        try:
            self._zip = zipfile.ZipFile(body)
        except zipfile.BadZipFile as error:
            raise ExportError(f"{name} is not a ZIP file: {error}. Run the tap again.") from error
        self._members = {member.rpartition("/")[2]: member for member in self._zip.namelist()}
        version = msgspec.json.decode(self._zip.read(self._member("info.json")))["export_version"]
        if version.partition(".")[0] != MAJOR_VERSION:
            raise ExportError(
                f"{name} has version {version} of the format and this tap reads version "
                f"{MAJOR_VERSION}. Look for a newer tap.",
            )

    def rows(self, file: str) -> Iterator[dict[str, Any]]:
        """Read one of the files.

        Args:
            file: The file's name, e.g. ``hit_stats.jsonl``.

        Yields:
            Its rows.

        Raises:
            ExportError: The file is missing or one of its lines is broken.
        """
        decoder = msgspec.json.Decoder(dict[str, Any])
        number = 0
        try:
            with self._zip.open(self._member(file)) as lines:
                for number, line in enumerate(lines, start=1):  # noqa: B007
                    yield decoder.decode(line)
        except (msgspec.DecodeError, zipfile.BadZipFile, zlib.error, OSError) as error:
            raise ExportError(
                f"{self._name}, {file}, line {number}: {error}. The bookmark stays where it was; "
                "run the tap again.",
            ) from error

    def _member(self, file: str) -> str:
        if file not in self._members:
            raise ExportError(f"{self._name} has no {file}. Look for a newer tap.")
        return self._members[file]
