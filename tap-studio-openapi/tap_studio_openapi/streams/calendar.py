"""Classes and appointments, and when they take place in the coming days.

Source: the API's documentation, sections "Classes" and "Appointments".
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from itertools import product
from typing import TYPE_CHECKING, ClassVar, Final

from typing_extensions import override

from singer_tapkit.errors import ApiError
from tap_studio_openapi.declarations import DECLARATIONS
from tap_studio_openapi.streams.base import IdRow, PerParentStream, StudioStream, parse_row
from tap_studio_openapi.windows import split_into_windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from singer_sdk.helpers.types import Record

    from tap_studio_openapi.streams.base import Ids

MAX_WINDOW_DAYS: Final = 6


class BookableAppointments(StudioStream):
    """The kinds of appointment that can be booked."""

    child_id = "bookable_appointment_id"


class SlotStream(StudioStream):
    """A stream of slots, with instructors in them.

    Attributes:
        min_days: The smallest ``daysAhead`` that the API takes.
    """

    min_days: ClassVar[int] = 0

    def fetch_slots(self, ids: Ids, path: str, *sizes: int) -> list[Record]:
        """Return the slots of the coming days.

        Where the server refuses, it may be tomorrow already where the studio is, or the studio
        may be set to shorter windows.

        Args:
            ids: The ids that lead to them.
            path: Where they are.
            sizes: The windows to try, each by the days that it may end after it has begun.

        Raises:
            ExtractionError: The server takes none.
        """
        today = self.get_studio(ids).today()
        first_days = (today, today + timedelta(1))
        attempts = list(product(first_days, sizes))
        for first, max_ahead in attempts[:-1]:
            try:
                return self._fetch_windows(ids, path, first, max_ahead)
            except ApiError as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise
        return self._fetch_windows(ids, path, *attempts[-1])

    def _fetch_windows(self, ids: Ids, path: str, first: date, max_ahead: int) -> list[Record]:
        last = first + timedelta(max(self.config["class_slot_days"], self.min_days))
        found: list[Record] = []
        for window in split_into_windows(first, last, max_ahead):
            start, days = window.first.isoformat(), window.days_ahead
            found += self.fetch_list(ids, path, slotWindowStartDate=start, daysAhead=days)
        return found


class ClassSlots(SlotStream):
    """When classes take place in the coming days, and how full they are."""

    path_of_class = "/v1/classes/{class_id}/slots"

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        try:
            return self.fetch_slots(ids, self.declaration.path, MAX_WINDOW_DAYS)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return self._fetch_by_class(ids)

    def _fetch_by_class(self, ids: Ids) -> Iterator[Record]:
        """Yield the slots of one class after the other.

        Servers before version 1.7 know no other way.
        """
        for row in self.fetch_list(ids, DECLARATIONS["classes"].path):
            class_id = parse_row(row, IdRow, self.name).id
            yield from self.fetch_list(ids, self.path_of_class.format(class_id=class_id))


class BookableAppointmentSlots(PerParentStream, SlotStream):
    """When a kind of appointment is free in the coming days."""

    parent_stream_type = BookableAppointments
    min_days = 1

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        return self.fetch_slots(ids, self.format_path(ids), MAX_WINDOW_DAYS, 1)
