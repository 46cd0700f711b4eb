"""The kinds of appointment, and when they could take place.

Source: the API's documentation, section "Appointments".
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.errors import AnswerError
from tap_studio_openapi.personal_data import PERSONAL
from tap_studio_openapi.streams.base import PerParent, StudioStream
from tap_studio_openapi.windows import today, windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Record

LONGEST_WINDOW = 6


class BookableAppointments(StudioStream):
    """The kinds of appointment that can be booked."""

    name = "bookable_appointments"
    path = "/v1/appointments/bookable"
    scopes = ("BOOKABLE_APPOINTMENTS_READ",)
    slice_size = 100
    child_id = ("bookable_appointment_id", "id")


class BookableAppointmentSlots(PerParent):
    """When a kind of appointment is free in the coming days."""

    name = "bookable_appointment_slots"
    path = "/v1/appointments/bookable/{bookable_appointment_id}/slots"
    scopes = ("BOOKABLE_APPOINTMENTS_READ",)
    parent_stream_type = BookableAppointments
    primary_keys = ("studio_id", "bookable_appointment_id", "startDateTime", "endDateTime")
    personal = PERSONAL
    selected_by_default = False

    @override
    def fetch(self, context: Mapping[str, int]) -> Iterator[Record]:
        try:
            yield from self._in_windows(context, LONGEST_WINDOW)
        except AnswerError as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            yield from self._in_windows(context, 1)

    def _in_windows(self, context: Mapping[str, int], most_ahead: int) -> Iterator[Record]:
        """Ask for windows of so many days; some studios take only short ones."""
        path = self.path.format(**context)
        first = today()
        last = first + timedelta(max(1, self.config["class_slot_days"]))
        for window in windows(first, last, most_ahead):
            days = {
                "slotWindowStartDate": window.first.isoformat(),
                "daysAhead": window.days_ahead,
            }
            yield from self.rows(context, path, days)
