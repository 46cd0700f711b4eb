"""Bookings of classes and appointments by customers, from two weeks back to two weeks ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.contents import appointments, classes
from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_DAYS = range(-13, 14)
_APPOINTMENT = 50
"""From which place on bookings of a customer are bookings of appointments."""


def of_classes(studio: Studio, customer_id: int) -> list[Record]:
    """The class bookings of a customer."""
    number = studio.place_of(customer_id)
    return [_class_booking(studio, customer_id, place) for place in range(number % 4)]


def of_appointments(studio: Studio, customer_id: int) -> list[Record]:
    """The appointment bookings of a customer."""
    number = studio.place_of(customer_id)
    return [_appointment(studio, customer_id, place) for place in range((number + 1) % 3)]


def customer_of(booking_id: int) -> int:
    """The customer whom an invented booking belongs to."""
    return booking_id // 100


def _class_booking(studio: Studio, customer_id: int, place: int) -> Record:
    endpoint = "GET /v1/classes/booking"
    number = studio.place_of(customer_id) + 9 * place
    day = _DAYS[5 * number % len(_DAYS)]
    class_id = studio.classes[number % (len(studio.classes) - 1)]["id"]
    return {
        **sketch(endpoint, number, studio.today),
        "bookingId": 100 * customer_id + place,
        "classSlotId": classes.slot_id(class_id, day, number),
        "classId": class_id,
        "customerId": customer_id,
        "classSlotStatus": "PLANNED" if day >= 0 else "COMPLETED",
    }


def _appointment(studio: Studio, customer_id: int, place: int) -> Record:
    endpoint = "GET /v1/appointments/booking"
    number = studio.place_of(customer_id) + 9 * place
    day = _DAYS[5 * number % len(_DAYS)]
    begins = moments.at(studio.today + timedelta(day), 10)
    offered = studio.bookable_appointments[number % len(studio.bookable_appointments)]
    return {
        **sketch(endpoint, number, studio.today),
        "bookingId": 100 * customer_id + _APPOINTMENT + place,
        "startDateTime": moments.zoned(begins),
        "endDateTime": moments.zoned(begins + appointments.LENGTH),
        "title": offered.get("title"),
        "appointmentStatus": "PLANNED" if day >= 0 else "COMPLETED",
    }
