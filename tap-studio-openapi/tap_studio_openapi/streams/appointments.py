"""The kinds of appointment, and when they could take place.

Source: the API's documentation, section "Appointments".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.streams.base import PerParent, StudioStream
from tap_studio_openapi.streams.slots import LONGEST_WINDOW, SlotStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from singer_sdk.helpers.types import Record


class BookableAppointments(StudioStream):
    """The kinds of appointment that can be booked."""

    name = "bookable_appointments"
    path = "/v1/appointments/bookable"
    scopes = ("BOOKABLE_APPOINTMENTS_READ",)
    slice_size = 100
    child_id = ("bookable_appointment_id", "id")


class BookableAppointmentSlots(PerParent, SlotStream):
    """When a kind of appointment is free in the coming days."""

    name = "bookable_appointment_slots"
    path = "/v1/appointments/bookable/{bookable_appointment_id}/slots"
    scopes = ("BOOKABLE_APPOINTMENTS_READ",)
    parent_stream_type = BookableAppointments
    primary_keys = ("studio_id", "bookable_appointment_id", "startDateTime", "endDateTime")
    fewest_days = 1
    selected_by_default = False

    @override
    def fetch(self, context: Mapping[str, int]) -> Iterable[Record]:
        return self.slots(context, self.path.format(**context), LONGEST_WINDOW, 1)
