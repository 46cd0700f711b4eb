"""How statistics are read day by day.

Counts are visitors, that is first views of a page in a session. They can change afterwards (late
hits, merged pages, purges), so each run reads the last days again; the day that is still running
is left for the next run.
Source: GoatCounter's API documentation, ``/stats/*``, corrected by what servers really answer.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, date, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_goatcounter import pagination
from tap_goatcounter.progress import Beat
from tap_goatcounter.sites import Permission
from tap_goatcounter.streams.base import SiteStream
from tap_goatcounter.windows import Days, calendar_day, in_windows, whole_days, yesterday

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.sites import Site


class DailyStream(SiteStream):
    """Statistics by the day, read from the bookmark's day less the look-back until yesterday."""

    permission = Permission.STATS
    selected_by_default = True
    replication_key = "day"

    @abstractmethod
    def read_days(self, site: Site, days: Days) -> Iterable[Record]:
        """Read the records of a span of days.

        Raises:
            TooMuchAtOnceError: Fewer days at once may do.
        """

    def longest_window(self) -> int:
        """Give the most days that one request may take in."""
        return 1

    def zone(self, site: Site) -> tzinfo:  # noqa: ARG002
        """Give the zone in which the server cuts these days."""
        return UTC

    @override
    def read(self, site: Site, context: Context) -> Iterator[Record]:
        days = self.days_to_read(site, context)
        before = self.bookmark(context) or ""
        beat = Beat()

        def finished(window: Days) -> None:
            self.advance_bookmark(context, max(before, window.last.isoformat()))
            if beat.due():
                self.logger.info("%s: read up to %s, until %s.", site, window.last, days.last)

        yield from in_windows(
            days, self.longest_window(), lambda window: self.read_days(site, window), finished
        )

    def days_to_read(self, site: Site, context: Context) -> Days:
        """Give the days since the bookmark less the look-back, or else since the beginning."""
        first = self._first_day(site)
        if bookmark := self.bookmark(context):
            look_back = timedelta(days=self.config["stats_lookback_days"])
            first = max(first, date.fromisoformat(bookmark[:10]) - look_back)
        last = yesterday(self.zone(site))
        if end := self._tap.end_day:
            last = min(last, end)
        return Days(first, last)

    def _first_day(self, site: Site) -> date:
        if start := self._tap.start_day:
            return start
        return site.first_hit.astimezone(self.zone(site)).date()


class OwnerDayStream(DailyStream):
    """Statistics whose days the server cuts in the time zone of the token's user."""

    @override
    def longest_window(self) -> int:
        return int(self.config["window_days"])

    @override
    def zone(self, site: Site) -> tzinfo:
        return site.zone

    def ask_days(self, site: Site, days: Days, page: dict[str, Any]) -> dict[str, Any]:
        """Ask for one page of the answer about a span of days."""
        params = {**whole_days(days, site.offset), **page}
        answer: dict[str, Any] = self.ask(site.address, self.path, params, divisible=len(days) > 1)
        return answer


class UtcDayStream(DailyStream):
    """Statistics that are asked for one day at a time, as their rows bear no date.

    Attributes:
        by_hour: The server keeps them by the hour, otherwise by the day.
    """

    by_hour: ClassVar[bool] = False

    @override
    def read_days(self, site: Site, days: Days) -> Iterator[Record]:
        return self.read_day(site, days.first)

    @abstractmethod
    def read_day(self, site: Site, day: date) -> Iterator[Record]:
        """Read the records of one UTC day."""

    def rows_of_day(self, site: Site, day: date, path: str, rows: str) -> Iterator[dict[str, Any]]:
        """Read all rows that a list has for one UTC day."""
        window = whole_days(Days(day, day)) if self.by_hour else calendar_day(day, site.zone)
        return pagination.by_offset(
            lambda page: self.ask(site.address, path, {**window, **page}), rows
        )
