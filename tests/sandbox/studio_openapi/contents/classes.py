"""Classes and their slots."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

FIRST_ID = 4107
"""Ids of classes and slots are the same in all studios, as they are unique in each alone."""
_DAYS = range(-30, 46)
_HOURS = (9, 18)


def invented(studio: Studio, count: int) -> list[Record]:
    """The classes of a studio; the last one has no slots."""
    return [
        {**copy.deepcopy(sketch("GET /v1/classes", place, studio.today)), "id": FIRST_ID + place}
        for place in range(count)
    ]


def slots(studio: Studio, classes: Sequence[Record]) -> list[Record]:
    """The slots of all classes but the last, two a day, ordered by time."""
    return [
        _slot(studio, offered, day, hour, place)
        for day in _DAYS
        for hour in _HOURS
        for place, offered in enumerate(classes[:-1])
    ]


def slot_id(class_id: int, day: int, hour: int) -> int:
    """The id of a slot.

    Args:
        class_id: Of its class.
        day: How many days after today it is.
        hour: Which of the day's hours, modulo their number.
    """
    return 1000 * class_id + (day - _DAYS.start) * len(_HOURS) + hour % len(_HOURS)


def day_of(slot: Record) -> date:
    """The day on which a slot begins where the studio is."""
    return date.fromisoformat(slot["startDateTime"][:10])


def _slot(studio: Studio, offered: Record, day: int, hour: int, place: int) -> Record:
    number = slot_id(offered["id"], day, _HOURS.index(hour))
    begins = moments.at(studio.today + timedelta(day), hour, 5 * place)
    drawn = sketch("GET /v1/classes/slots", number, studio.today)
    slot = {
        **copy.deepcopy(drawn),
        "id": number,
        "startDateTime": moments.zoned(begins),
        "endDateTime": moments.zoned(begins + timedelta(minutes=45)),
        "classInformation": {"id": offered["id"], "title": offered.get("title")},
    }
    for name, days in (("earliestBookingDateTime", 7), ("latestBookingDateTime", 0)):
        if drawn.get(name):
            slot[name] = moments.zoned(begins - timedelta(days, minutes=30))
    return slot
