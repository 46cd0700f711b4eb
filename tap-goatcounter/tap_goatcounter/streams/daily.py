"""Visitors per day: of the whole site, of each page, and where they came from.

Counts are visitors, that is first views of a page in a session. They can change afterwards (late
hits, merged pages, purges), so each run reads the last days again; the day that is still running
is left for the next run.
Source: GoatCounter's API documentation, ``/stats/*``, corrected by what servers really answer.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from datetime import UTC, date
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec
from typing_extensions import override

from singer_tapkit.errors import InvalidResponseError
from tap_goatcounter.client import QueryTooLargeError
from tap_goatcounter.dates import (
    ONE_DAY,
    DateRange,
    cover_calendar_day,
    cover_days,
    read_in_windows,
)
from tap_goatcounter.pagination import DayRow, OffsetPaginator, RefsPage, read_rows
from tap_goatcounter.sites import Permission
from tap_goatcounter.streams.base import SiteStream
from tap_goatcounter.visited_paths import read_visited_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.pagination import Row
    from tap_goatcounter.sites import Site

LOG_INTERVAL: Final = 30.0
SUMS_OF_WINDOW: Final = ("count", "max", "stats", "weekly", "monthly", "ref_scheme")


class _Total(msgspec.Struct):
    """The response of ``GET /stats/total``; servers before 2.7 do not distinguish the days."""

    total: int
    stats: list[DayRow] | msgspec.UnsetType = msgspec.UNSET


class DailyStream(SiteStream):
    """Statistics by the day, read from the bookmark's day less the look-back until yesterday.

    Attributes:
        is_utc: Its days are those of UTC, else those of the token's user. Its rows have no date, so
            that they are asked for one day at a time.
    """

    permission = Permission.STATS
    replication_key = "day"
    is_utc: ClassVar[bool] = False

    @abstractmethod
    def read_days(self, site: Site, days: DateRange) -> Iterable[Record]:
        """Read the rows of some days.

        Raises:
            QueryTooLargeError: Fewer days at once may do.
        """

    @override
    def read_site(self, site: Site, context: Context) -> Iterator[Record]:
        bookmark = self.read_day_bookmark(site, context)
        days = self._select_days(site, bookmark)
        logged = time.monotonic()

        def finish(window: DateRange) -> None:
            nonlocal logged
            self.advance_bookmark(context, max(bookmark or date.min, window.last).isoformat())
            if time.monotonic() - logged >= LOG_INTERVAL:
                logged = time.monotonic()
                self.logger.info("%s: read up to %s, until %s.", site, window.last, days.last)

        max_days = 1 if self.is_utc else self.config["window_days"]
        yield from read_in_windows(
            days, max_days, lambda window: self.read_days(site, window), finish
        )

    def _select_days(self, site: Site, bookmark: date | None) -> DateRange:
        """Return the days since the bookmark less the look-back, or else since the beginning."""
        zone = UTC if self.is_utc else site.timezone
        first = self.read_day_setting("start_date") or site.first_hit.astimezone(zone).date()
        if bookmark:
            first = self.resume_day(bookmark, first)
        last = site.now.astimezone(zone).date() - ONE_DAY
        end = self.read_day_setting("end_date")
        if end and not bookmark and end < first:
            self.record_skip("sites that begin after 'end_date'", f"{site}, on {first}")
        return DateRange(first, min(last, end or last))


class UtcDailyStream(DailyStream):
    """Statistics by UTC days.

    Attributes:
        is_hourly: The server keeps them by the hour, otherwise by the day.
    """

    is_utc = True
    is_hourly: ClassVar[bool] = False

    @override
    def read_days(self, site: Site, days: DateRange) -> Iterable[Record]:
        return self.read_day(site, days.first)

    @abstractmethod
    def read_day(self, site: Site, day: date) -> Iterable[Record]:
        """Read the rows of one UTC day."""

    def build_day_params(self, site: Site, day: date) -> dict[str, str]:
        """Return the parameters that ask for one UTC day."""
        if self.is_hourly:
            return cover_days(DateRange(day, day)).params
        return cover_calendar_day(day, site.timezone).params

    def read_day_pages(
        self, site: Site, day: date, path: str, page_type: type[msgspec.Struct]
    ) -> Iterator[list[Row]]:
        """Yield the rows that a list has for one UTC day, page by page."""
        paginator = OffsetPaginator(self.client, page_type)
        return read_rows(
            self.client, site.credentials, path, self.build_day_params(site, day), paginator
        )


class TotalDaily(DailyStream):
    """Visitors of the whole site by day and hour."""

    name = "total_daily"
    primary_keys = ("site_id", "day")

    @override
    def read_days(self, site: Site, days: DateRange) -> Iterator[Record]:
        response = self.client.fetch(
            site.credentials,
            "/stats/total",
            _Total,
            cover_days(days, site.utc_offset).params,
            is_splittable=len(days) > 1,
        )
        total = self.client.decode(response, _Total)
        if total.stats is msgspec.UNSET:
            if len(days) > 1:
                raise QueryTooLargeError("The server does not distinguish the days.")
            yield {"site_id": site.id, "day": days.first.isoformat(), "daily": total.total}
            return
        entries = {
            entry["day"]: entry for entry in self.client.decode(response, dict[str, Any])["stats"]
        }
        for day in days:
            if (entry := entries.get(day.isoformat())) is None:
                raise InvalidResponseError(
                    f"the server left {day} out when asked about {days.first} to {days.last}. "
                    "Set the time zone of the token's user to UTC in GoatCounter."
                )
            yield _to_row(site, entry)


class PathDaily(DailyStream):
    """Visitors of every page and event by day and hour; none, no record."""

    name = "path_daily"
    primary_keys = ("site_id", "path_id", "day")

    @override
    def read_days(self, site: Site, days: DateRange) -> Iterator[Record]:
        wanted = {day.isoformat() for day in days}
        time_range = cover_days(days, site.utc_offset)
        for path in read_visited_paths(self.client, site, time_range, is_splittable=len(days) > 1):
            if path["count"] and not path["stats"]:
                raise InvalidResponseError(
                    f"the server counts visitors of the path {path['path_id']} from {days.first} "
                    f"to {days.last}, and does not say on which days."
                )
            for entry in path["stats"]:
                if entry["daily"] and entry["day"] in wanted:
                    yield _to_row(site, {**path, **entry})


class PathReferrers(UtcDailyStream):
    """Where the visitors of each page came from, by day; a request per page and day."""

    name = "path_referrers"
    primary_keys = ("site_id", "path_id", "day", "name", "ref_scheme")
    selected_by_default = False
    is_hourly = True

    @override
    def read_day(self, site: Site, day: date) -> Iterator[Record]:
        time_range = cover_days(DateRange(day, day))
        for path in read_visited_paths(self.client, site, time_range, is_splittable=False):
            path_id = path["path_id"]
            key = {"site_id": site.id, "path_id": path_id, "day": day.isoformat()}
            for rows in self.read_day_pages(site, day, f"/stats/hits/{path_id}", RefsPage):
                yield from ({**key, **row} for row in rows)


def _to_row(site: Site, entry: Row) -> Record:
    """Return the row of one day, without the sums that depend on what was asked."""
    row = {"site_id": site.id, **entry}
    return {name: value for name, value in row.items() if name not in SUMS_OF_WINDOW}
