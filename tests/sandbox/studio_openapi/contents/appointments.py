"""Kinds of appointments, and the times that are free for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

LENGTH = timedelta(minutes=30)
_HOURS = (9, 11, 16)


def free_slots(studio: Studio, appointment_id: int, first: date, last: date) -> list[Record]:
    """The free times of a kind of appointment, from one day to another."""
    endpoint = "GET /v1/appointments/bookable/{bookableAppointmentId}/slots"
    days = [first + timedelta(days) for days in range((last - first).days + 1)]
    begins = [moments.at(day, hour, appointment_id % 2 * 15) for day in days for hour in _HOURS]
    return [
        {
            **sketch(endpoint, place, studio.today),
            "startDateTime": moments.zoned(begin),
            "endDateTime": moments.zoned(begin + LENGTH),
        }
        for place, begin in enumerate(begins)
    ]
