"""The check-ins, the only data that the API can filter by time.

Source: the API's documentation, ``GET /v1/customers/{customerId}/activities/checkins``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_studio_openapi.streams.customer_details import PerCustomer
from tap_studio_openapi.windows import today, windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record

    from tap_studio_openapi.connections import Studio

LONGEST_WINDOW = 365
FIRST_RUN_DAYS = 365


class CustomerCheckins(PerCustomer):
    """The visits since the last run, and of some days before it."""

    name = "customer_checkins"
    path = "/v1/customers/{customer_id}/activities/checkins"
    scopes = ("CHECKIN_READ",)
    slice_size = 50
    primary_keys = ("studio_id", "checkinId")
    replication_key = "checkInDateTime"
    state_partitioning_keys = ("studio_id",)
    is_personal = True
    selected_by_default = True

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """Give the studios, for the SDK to tidy up their states at the end."""
        return [{"studio_id": studio_id} for studio_id in self._first_days]

    @cached_property
    def _first_days(self) -> dict[int, date]:
        return {}

    @override
    def begin(self, studio: Studio) -> None:
        super().begin(studio)
        self._first_days[studio.id] = self._first_day(studio)

    @override
    def end(self, studio: Studio, begun: datetime, *, is_complete: bool) -> None:
        super().end(studio, begun, is_complete=is_complete)
        if is_complete and self.readings[studio.id].is_complete:
            self.advance_bookmark({"studio_id": studio.id}, begun.isoformat(timespec="seconds"))

    @override
    def fetch(self, context: Mapping[str, int]) -> Iterator[Record]:
        path = self.path.format(**context)
        for window in windows(self._first_days[context["studio_id"]], today(), LONGEST_WINDOW):
            days = {"fromDate": window.first.isoformat(), "toDate": window.last.isoformat()}
            yield from self.rows(context, path, days)

    @override
    def get_replication_key_signpost(self, context: Context | None = None) -> None:
        """Give none: the bookmark is the time of the run, not that of a record."""

    @override
    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Leave out what would be a line of log per customer, and is not used."""

    def _first_day(self, studio: Studio) -> date:
        bookmark = self.bookmark({"studio_id": studio.id})
        if bookmark is not None:
            return _day_of(bookmark) - timedelta(self.config["checkin_lookback_days"])
        start = self.config.get("start_date")
        return _day_of(start) if start else today() - timedelta(FIRST_RUN_DAYS)


def _day_of(moment: str) -> date:
    return datetime.fromisoformat(moment).date()
