"""Classes and their slots."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import chunks, problems
from tests.sandbox.studio_openapi.contents.classes import day_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.routes.route import Route


def visible_slots(call: Call) -> list[Record]:
    """The slots of all classes from one day back to fourteen days ahead."""
    start, end = call.today - timedelta(1), call.today + timedelta(14)
    return [slot for slot in call.studio.class_slots if start <= day_of(slot) <= end]


def window(call: Call) -> tuple[date, date]:
    """The first and the last day of the window asked for.

    Raises:
        ProblemError: It begins in the past, and the server minds.
    """
    first: date = call.arguments["slotWindowStartDate"] or call.today
    if first < call.today and not call.tenant.past_slots:
        raise problems.invalid("slotWindowStartDate")
    days = call.arguments["daysAhead"]
    if days and not call.tenant.last_day_included:
        days -= 1
    return first, first + timedelta(days)


def _classes(call: Call) -> Record:
    """Those that are bookable and have slots which are visible."""
    scheduled = {slot["classInformation"]["id"] for slot in visible_slots(call)}
    return chunks.cut(call, [one for one in call.studio.classes if one["id"] in scheduled])


def _slots(call: Call) -> Record:
    first, last = window(call)
    slots = [slot for slot in call.studio.class_slots if first <= day_of(slot) <= last]
    return chunks.cut(call, slots)


def slots_of_class(call: Call) -> list[Record]:
    """The visible slots of the class asked for."""
    number = call.one_of(call.studio.classes, "classId")["id"]
    return [slot for slot in visible_slots(call) if slot["classInformation"]["id"] == number]


ROUTES: Mapping[str, Route] = {
    "GET /v1/classes": _classes,
    "GET /v1/classes/slots": _slots,
    "GET /v1/classes/{classId}": lambda call: call.one_of(call.studio.classes, "classId"),
    "GET /v1/classes/{classId}/slots": lambda call: chunks.cut(call, slots_of_class(call)),
    "GET /v1/classes/{classId}/slots/{classSlotId}": (
        lambda call: call.one_of(slots_of_class(call), "classSlotId")
    ),
}
