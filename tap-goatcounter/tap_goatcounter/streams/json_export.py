"""The complete statistics from the JSON export of newer servers: one request, whatever the size.

All streams of a site share one export per run. It reaches back to the day that the furthest of
them needs; statistics of the last days are read again, as they can change.
Source: GoatCounter's help page on the JSON export.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import typing as th
from typing_extensions import override

from tap_goatcounter.answers import FAILURES
from tap_goatcounter.archive import Archive
from tap_goatcounter.errors import SiteError
from tap_goatcounter.export import Exporter
from tap_goatcounter.sites import Permission
from tap_goatcounter.streams import fields
from tap_goatcounter.streams.base import SiteStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.sites import Site

KEY = th.Property("id", th.IntegerType, required=True, description="The id.")
NAME = th.Property("name", th.StringType, description="The name, empty if unknown.")
VERSION = th.Property("version", th.StringType, description="The version, empty if unknown.")
HOUR = th.Property("hour", th.DateTimeType, required=True, description="The hour's beginning.")


def reference(name: str, description: str) -> th.Property[Any]:
    """Make a key that points to a row of another stream."""
    return th.Property(name, th.IntegerType, required=True, description=description)


class JsonStream(SiteStream):
    """One file of the JSON export."""

    file: ClassVar[str]
    permission = Permission.EXPORT
    selected_by_default = False
    path = "/export"

    @override
    def read(self, site: Site, context: Context) -> Iterator[Record]:
        if not self.takes_format(site):
            raise SiteError(
                "the server has no JSON export, which came after version 2.7. Deselect the "
                "json_* streams, or update the server.",
            )
        latest = self.bookmark(context)
        for row in self._tap.archives.of(site, self).rows(self.file):
            yield {"site_id": site.id, **self.completed(row)}
            if self.replication_key:
                latest = row[self.replication_key]
        self._tap.archives.finished(site, self)
        if latest is not None:
            self.advance_bookmark(context, latest)

    def completed(self, row: dict[str, Any]) -> dict[str, Any]:
        """Add what the file leaves out."""
        return row

    def first_day(self, context: Context) -> date | None:
        """Give the first day to read, None for all."""
        start = self._tap.start_day
        if (bookmark := self.bookmark(context)) is None:
            return start
        look_back = timedelta(days=self.config["stats_lookback_days"])
        day = date.fromisoformat(bookmark[:10]) - look_back
        return max(day, start) if start else day


class JsonHitStats(JsonStream):
    """Visitors by hour, page and referrer."""

    name = "json_hit_stats"
    file = "hit_stats.jsonl"
    primary_keys = ("site_id", "hour", "path_id", "ref_id")
    replication_key = "hour"
    properties = th.PropertiesList(
        fields.SITE_ID,
        HOUR,
        fields.PATH_ID,
        reference("ref_id", "The referrer's id in json_refs."),
        fields.COUNT,
    )


class DayStats(JsonStream):
    """Visitors by UTC day, page and one property of the visitor."""

    replication_key = "day"

    @staticmethod
    def properties_with(key: th.Property[Any]) -> th.PropertiesList:
        """Give the properties, `key` being the property that is told apart."""
        return th.PropertiesList(fields.SITE_ID, fields.DAY, fields.PATH_ID, key, fields.COUNT)


class JsonBrowserStats(DayStats):
    """Visitors by day, page and browser."""

    name = "json_browser_stats"
    file = "browser_stats.jsonl"
    primary_keys = ("site_id", "day", "path_id", "browser_id")
    properties = DayStats.properties_with(
        reference("browser_id", "The browser's id in json_browsers.")
    )


class JsonSystemStats(DayStats):
    """Visitors by day, page and operating system."""

    name = "json_system_stats"
    file = "system_stats.jsonl"
    primary_keys = ("site_id", "day", "path_id", "system_id")
    properties = DayStats.properties_with(
        reference("system_id", "The system's id in json_systems.")
    )


class JsonLocationStats(DayStats):
    """Visitors by day, page and country or region."""

    name = "json_location_stats"
    file = "location_stats.jsonl"
    primary_keys = ("site_id", "day", "path_id", "location")
    properties = DayStats.properties_with(
        th.Property(
            "location",
            th.StringType,
            required=True,
            description="Country or region by ISO 3166, empty if unknown.",
        )
    )


class JsonSizeStats(DayStats):
    """Visitors by day, page and screen width."""

    name = "json_size_stats"
    file = "size_stats.jsonl"
    primary_keys = ("site_id", "day", "path_id", "width")
    properties = DayStats.properties_with(
        reference("width", "The screen's width in pixels, 0: unknown.")
    )


class JsonLanguageStats(DayStats):
    """Visitors by day, page and language."""

    name = "json_language_stats"
    file = "language_stats.jsonl"
    primary_keys = ("site_id", "day", "path_id", "language")
    properties = DayStats.properties_with(
        th.Property(
            "language",
            th.StringType,
            required=True,
            description="Language by ISO 639-3, empty if unknown.",
        )
    )


class JsonPaths(JsonStream):
    """The pages and events that the statistics point to."""

    name = "json_paths"
    file = "paths.jsonl"
    primary_keys = ("site_id", "id")
    properties = th.PropertiesList(fields.SITE_ID, KEY, fields.PATH, fields.TITLE, fields.EVENT)

    @override
    def completed(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"event": False, **row}


class JsonRefs(JsonStream):
    """The referrers that the statistics point to."""

    name = "json_refs"
    file = "refs.jsonl"
    primary_keys = ("site_id", "id")
    properties = th.PropertiesList(
        fields.SITE_ID,
        KEY,
        th.Property("ref", th.StringType, description="The referrer, empty for none."),
        fields.REF_SCHEME,
    )


class JsonBrowsers(JsonStream):
    """All browsers that the server knows."""

    name = "json_browsers"
    file = "browsers.jsonl"
    primary_keys = ("site_id", "id")
    properties = th.PropertiesList(fields.SITE_ID, KEY, NAME, VERSION)


class JsonSystems(JsonStream):
    """All operating systems that the server knows."""

    name = "json_systems"
    file = "systems.jsonl"
    primary_keys = ("site_id", "id")
    properties = th.PropertiesList(fields.SITE_ID, KEY, NAME, VERSION)


class Archives:
    """The archive of each site, fetched once per run for all streams that read it."""

    def __init__(self) -> None:
        """Start with none."""
        self._fetched: dict[int, Archive | Exception] = {}

    def of(self, site: Site, stream: JsonStream) -> Archive:
        """Give the archive of a site.

        Args:
            site: The site.
            stream: Sends the requests, if it is the first to need it.

        Raises:
            ExportError: It cannot be had, and could not when another stream needed it.
        """
        if site.id not in self._fetched:
            try:
                self._fetched[site.id] = self._fetch(site, stream)
            except FAILURES as error:
                self._fetched[site.id] = error
        fetched = self._fetched[site.id]
        if isinstance(fetched, Exception):
            raise fetched
        return fetched

    def finished(self, site: Site, stream: JsonStream) -> None:
        """Forget the export once the last stream that reads it has done so."""
        if stream.name == max(sibling.name for sibling in _selected(stream)):
            self._exporter(site, stream).forget()

    def _fetch(self, site: Site, stream: JsonStream) -> Archive:
        first_day = _first_day(site, stream)
        body: dict[str, Any] = {"format": "json"}
        if first_day:
            body["start_from_day"] = f"{first_day}T00:00:00Z"

        def serves(export: Mapping[str, Any]) -> bool:
            start = export.get("start_from_day") or ""
            reaches_back = not start or (first_day and start[:10] <= first_day.isoformat())
            return export.get("format") == "json" and bool(reaches_back)

        exporter = self._exporter(site, stream)
        return Archive(*exporter.download(exporter.obtain(body, serves)))

    def _exporter(self, site: Site, stream: JsonStream) -> Exporter:
        """Remember the export in the state of one and the same stream, whoever is selected."""
        anchor = stream._tap.streams[JsonHitStats.name]  # noqa: SLF001
        return Exporter(stream, site, anchor.get_context_state({"site_id": site.id}))


def _selected(stream: JsonStream) -> list[JsonStream]:
    siblings = stream._tap.streams.values()  # noqa: SLF001
    return [item for item in siblings if isinstance(item, JsonStream) and item.selected]


def _first_day(site: Site, stream: JsonStream) -> date | None:
    """Give the day from which all selected statistics are needed, None for all of them."""
    context = {"site_id": site.id}
    days = [item.first_day(context) for item in _selected(stream) if item.replication_key]
    return None if None in days else min(filter(None, days), default=datetime.now(UTC).date())
