"""The complete statistics from the JSON export of newer servers: one request for any size.

All streams of a site share one export per run. It reaches back to the day that the furthest of
them needs; statistics of the last days are read again, as they can change.
Source: GoatCounter's help page on the JSON export, version 1.0 of the format. Added files and
fields raise the minor number, removals the major one.
"""

from __future__ import annotations

import weakref
import zipfile
import zlib
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ExtractionError, InvalidResponseError
from tap_goatcounter.dates import format_time
from tap_goatcounter.export import ExportNotDueError
from tap_goatcounter.sites import Permission
from tap_goatcounter.streams.base import SiteStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record
    from typing_extensions import Unpack

    from tap_goatcounter.export import ExportJob
    from tap_goatcounter.export_file import Export, ExportFile
    from tap_goatcounter.sites import Site
    from tap_goatcounter.streams.base import Shared


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

STATISTICS: Final = {
    "json_hit_stats": ("hour", "path_id", "ref_id"),
    "json_browser_stats": ("day", "path_id", "browser_id"),
    "json_system_stats": ("day", "path_id", "system_id"),
    "json_location_stats": ("day", "path_id", "location"),
    "json_size_stats": ("day", "path_id", "width"),
    "json_language_stats": ("day", "path_id", "language"),
}
"""The keys of statistics, of which the first is the time."""

TABLES: Final = ("json_paths", "json_refs", "json_browsers", "json_systems")
"""What statistics refer to."""


def build_json_streams(tap: Tap, **shared: Unpack[Shared]) -> list[JsonStream]:
    """Return the streams of one export, made with what all streams share."""
    exports = JsonExports()
    return [JsonStream(tap, name, exports, **shared) for name in (*STATISTICS, *TABLES)]


class _Info(msgspec.Struct):
    export_version: str


class Archive:
    """The statistics of a site: a ZIP with one folder of JSON-lines files."""

    def __init__(self, file: ExportFile) -> None:
        """Open an archive, whose file is closed when it is no longer in use.

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
        """Yield the rows of one of the files, such as ``hit_stats.jsonl``.

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


class JsonExports:
    """The archive of each site, fetched once per run for all streams that read it.

    Attributes:
        streams: These streams; the state of the first one keeps the export, whoever is selected.
    """

    def __init__(self) -> None:
        """Start with none."""
        self.streams: list[JsonStream] = []
        self._archives: dict[int, Archive | ExtractionError | None] = {}
        self._unread: dict[int, set[str]] = {}

    def open(self, site: Site) -> Archive | None:
        """Return the archive of a site, None if the server grants the next export later.

        Raises:
            ExtractionError: It cannot be had, and could not when another stream needed it.
        """
        if site.id not in self._archives:
            self._unread[site.id] = {stream.name for stream in self._list_selected()}
            try:
                self._archives[site.id] = self._fetch(site)
            except ExportNotDueError as error:
                self.streams[0].logger.warning("The json_* streams of %s: %s", site, error)
                self._archives[site.id] = None
            except ExtractionError as error:
                self._archives[site.id] = error
        archive = self._archives[site.id]
        if isinstance(archive, ExtractionError):
            raise archive
        return archive

    def finish(self, site: Site, stream: JsonStream) -> None:
        """Drop the export from the state once all streams have read it, as far as it can be."""
        self._unread[site.id].discard(stream.name)
        has_archive = not isinstance(self._archives[site.id], ExtractionError)
        if has_archive and not self._unread[site.id]:
            self._open_job(site).discard()

    def _fetch(self, site: Site) -> Archive:
        first_day = self._find_first_day(site)
        body: dict[str, Any] = {"format": "json"}
        if first_day:
            body["start_from_day"] = f"{first_day}T00:00:00Z"

        def is_reusable(export: Export) -> bool:
            start = export.start_from_day
            reaches_back = start is None or (first_day and start.date() <= first_day)
            return export.format == "json" and bool(reaches_back)

        job = self._open_job(site)
        file = job.download(job.get_or_create(body, is_reusable))
        try:
            return Archive(file)
        except InvalidResponseError:
            job.discard()
            raise

    def _open_job(self, site: Site) -> ExportJob:
        return self.streams[0].open_export_job(site, {"site_id": site.id})

    def _list_selected(self) -> list[JsonStream]:
        return [stream for stream in self.streams if stream.selected]

    def _find_first_day(self, site: Site) -> date | None:
        """Return the day from which all selected statistics are needed, None for all of them."""
        days = [
            stream.find_first_day(site, {"site_id": site.id})
            for stream in self._list_selected()
            if stream.time_name
        ]
        known = [day for day in days if day is not None]
        return min(known, default=site.now.date()) if len(known) == len(days) else None


class JsonStream(SiteStream):
    """One file of the JSON export.

    Attributes:
        time_name: The field that says when, None for tables; a catalog may name another one as
            replication key.
    """

    permission = Permission.EXPORT
    selected_by_default = False

    def __init__(self, tap: Tap, name: str, exports: JsonExports, **shared: Unpack[Shared]) -> None:
        """Join the streams that share an export."""
        super().__init__(tap, name, **shared)
        keys = STATISTICS.get(name, ("id",))
        self.primary_keys = ("site_id", *keys)
        self.time_name = self.replication_key = keys[0] if name in STATISTICS else None
        self._exports = exports
        exports.streams.append(self)

    @override
    def read_site(self, site: Site, context: Context) -> Iterator[Record]:
        if not self.requires_export_format(site):
            raise ExtractionError(
                "the server has no JSON export, which came after version 2.7. Deselect the "
                "json_* streams, or update the server."
            )
        archive = self._exports.open(site)
        file = f"{self.name.removeprefix('json_')}.jsonl"
        rows = archive.read_rows(file) if archive else ()
        defaults: Record = {"site_id": site.id}
        if self.name == "json_paths":
            defaults["event"] = False  # only rows of events have their kind
        return ({**defaults, **row} for row in rows)

    @override
    def conform_rows(self, rows: Iterable[Record], context: Context | None) -> Iterator[Record]:
        if context is None:  # no site can be read
            return
        site = self.sites.by_id[context["site_id"]]
        latest, time_name = "", self.time_name
        try:
            for record in super().conform_rows(rows, context):
                yield record
                if time_name:
                    latest = max(latest, record[time_name])
        except InvalidResponseError:
            self._exports.finish(site, self)
            raise
        self._exports.finish(site, self)
        if latest:
            self._move_bookmark(site, context, latest)

    def find_first_day(self, site: Site, context: Context) -> date | None:
        """Return the first day to read, None for all."""
        start = self.read_day_setting("start_date")
        bookmark = self.read_day_bookmark(site, context)
        return self.resume_day(bookmark, start or date.min) if bookmark else start

    def _move_bookmark(self, site: Site, context: Context, latest: str) -> None:
        """Move the bookmark to the newest row, but not back, and not into the future."""
        now = format_time(site.now)
        bookmark = max(latest, self.get_bookmark(context) or "")
        self.advance_bookmark(context, min(bookmark, now[: len(latest)]))
