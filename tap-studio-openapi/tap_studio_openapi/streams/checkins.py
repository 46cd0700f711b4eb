"""The check-ins, the only data that the API can filter by time.

Source: the API's documentation, ``GET /v1/customers/{customerId}/activities/checkins``.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from singer_tapkit.config import parse_date
from tap_studio_openapi.skipped_customers import SkippedCustomers, drop_if_damaged
from tap_studio_openapi.streams.customers import PerCustomerStream
from tap_studio_openapi.windows import split_into_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_studio_openapi.streams.base import Ids
    from tap_studio_openapi.studios import Studio

MAX_WINDOW_DAYS: Final = 365
FIRST_RUN_DAYS: Final = 365
OLDEST_BOOKMARK: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""No check-in is older, and a window of a year before it would be a request per customer."""


class CustomerCheckins(PerCustomerStream):
    """The visits since the last run, and of some days before it."""

    replication_key = "checkInDateTime"
    state_partitioning_keys = ("studio_id",)
    _has_warned = False

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """Return the studios, for the SDK to tidy up their states at the end."""
        return [{"studio_id": studio_id} for studio_id in self._skipped]

    @cached_property
    def _skipped(self) -> dict[int, SkippedCustomers]:
        return {}

    @override
    def begin(self, studio: Studio) -> None:
        super().begin(studio)
        state = self.get_context_state({"studio_id": studio.id})
        is_damaged = drop_if_damaged(state, OLDEST_BOOKMARK.date())
        first_day = self._first_day(studio, is_damaged=is_damaged)
        self._skipped[studio.id] = SkippedCustomers(state, first_day)

    @override
    def end(self, studio: Studio, started_at: datetime, *, is_complete: bool) -> None:
        super().end(studio, started_at, is_complete=is_complete)
        if is_complete and self.get_status(studio).is_complete:
            if started_at == studio.started_at:  # else an earlier run has read the first ones
                self._skipped[studio.id].forget_others()
            self.advance_bookmark(
                {"studio_id": studio.id}, started_at.isoformat(timespec="seconds")
            )

    @override
    def read_studio_partition(self, ids: Ids) -> Iterator[Record]:
        """Yield the check-ins of a customer, and remember it if they may not be read."""
        studio, customer_id = self.get_studio(ids), ids["customer_id"]
        status = self.get_status(studio)
        read_before = status.succeeded
        yield from super().read_studio_partition(ids)
        if studio.is_lost or not status.is_complete:
            return
        if status.succeeded > read_before:
            self._skipped[studio.id].remove(customer_id)
        else:
            self._skipped[studio.id].add(customer_id)

    @override
    def fetch(self, ids: Ids) -> Iterator[Record]:
        studio, path = self.get_studio(ids), self.format_path(ids)
        first = self._skipped[studio.id].first_day(ids["customer_id"])
        for window in split_into_windows(first, studio.today(), MAX_WINDOW_DAYS):
            start, end = window.first.isoformat(), window.last.isoformat()
            for row in self.fetch_list(ids, path, fromDate=start, toDate=end):
                yield {**row, "utc_offset_minutes": _utc_offset(row.get("checkInDateTime"))}

    @override
    def get_replication_key_signpost(self, context: Context | None = None) -> None:
        """Return none: the bookmark is the time of the run, not that of a record."""

    @override
    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Leave out what would be a line of log per customer, and is not used."""

    def _first_day(self, studio: Studio, *, is_damaged: bool) -> date:
        """Return the day from which on check-ins are read; a damaged state counts for nothing."""
        day = self._wanted_day(studio, is_damaged=is_damaged)
        return max(day, OLDEST_BOOKMARK.date())

    def _wanted_day(self, studio: Studio, *, is_damaged: bool) -> date:
        bookmark = self.get_bookmark({"studio_id": studio.id})
        if bookmark is not None:
            last_run = parse_bookmark(bookmark, studio.now())
            if last_run and not is_damaged:
                return last_run.date() - timedelta(self.config["checkin_lookback_days"])
            self._warn_of_bookmark(studio)
        start = self.config.get("start_date")
        if start:
            return parse_date(start, "start_date")
        return studio.today() - timedelta(FIRST_RUN_DAYS)

    def _warn_of_bookmark(self, studio: Studio) -> None:
        """Warn of a bookmark that cannot be, once, as all studios' mostly have the same cause."""
        level = logging.DEBUG if self._has_warned else logging.WARNING
        self._has_warned = True
        self.logger.log(
            level,
            "The bookmark of the check-ins of %s is damaged or is no time in the past, perhaps "
            "because a clock was wrong: they are read anew from 'start_date' on. So are those of "
            "all studios with such a bookmark.",
            studio,
        )


def _utc_offset(moment: Any) -> int | None:
    """Return how many minutes a moment is ahead of UTC, None if it has no offset."""
    try:
        offset = datetime.fromisoformat(str(moment).partition("[")[0]).utcoffset()
    except ValueError:
        return None
    return None if offset is None else offset // timedelta(minutes=1)


def parse_bookmark(bookmark: Any, now: datetime) -> datetime | None:
    """Return the time that a bookmark holds, None if it cannot be that of an earlier run."""
    if not isinstance(bookmark, str):
        return None
    try:
        moment = datetime.fromisoformat(bookmark)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if OLDEST_BOOKMARK <= moment <= now else None
