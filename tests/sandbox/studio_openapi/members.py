"""Customers of a studio, and what belongs to single ones and to their contracts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.sketches import FIRST_NAMES, LAST_NAMES, draw, sketch

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

MEMBER = "MEMBER"
PROSPECT = "PROSPECT"
FORMER_MEMBER = "FORMER_MEMBER"
USUAL_MIX = (*[MEMBER] * 7, *[PROSPECT] * 2, FORMER_MEMBER)


def invent_customer(studio: Studio, customer_id: int, status: str) -> Record:
    """Return a customer; of some, the number of the house is a number."""
    number = studio.place_of(customer_id)
    joined = moments.to_moment(studio.today - timedelta(650), 17, 42)
    customer = {
        **sketch("/v1/customers", number, studio.today),
        "id": customer_id,
        "customerNumber": f"K{studio.place}-{number:05d}",
        "firstName": FIRST_NAMES[number % len(FIRST_NAMES)],
        "lastName": f"{LAST_NAMES[number % len(LAST_NAMES)]}-{number}",
        "status": status,
        "studioId": studio.id,
        "createdDateTime": moments.format_zoned(joined),
    }
    if customer.get("houseNumber") and number % 2:
        customer["houseNumber"] = number
    if customer.get("additionalInformationFieldAssignments"):
        customer["additionalInformationFieldAssignments"] = [
            {"additionalInformationFieldId": field["id"], "value": f"{customer_id % 97}"}
            for field in studio.additional_information_fields
        ]
    return customer


def invent_contracts(studio: Studio, customer_id: int) -> list[Record]:
    """Return the contracts of a customer: prospects have none, members an active one."""
    status, number = studio.status_of(customer_id), studio.place_of(customer_id)
    if status == PROSPECT:
        return []
    states = ["ACTIVE", "INACTIVE"] if number % 4 == 1 else ["ACTIVE"]
    if status != MEMBER:
        states = ["INACTIVE"]
    return [
        {
            **sketch("/v1/customers/{customerId}/contracts", number + place - 1, studio.today),
            "id": 10 * customer_id + place,
            "startDate": moments.shift_day(studio.today, -400 - number % 300),
            "endDate": moments.shift_day(studio.today, 200 if state == "ACTIVE" else -30),
            "contractStatus": state,
            "cancelled": state != "ACTIVE",
        }
        for place, state in enumerate(states, 1)
    ]


def find_holder(contract_id: int) -> int:
    """Return the customer that a contract belongs to."""
    return contract_id // 10


def sketch_for_contract(path: str, studio: Studio, contract_id: int) -> Record:
    """Return what an endpoint has of a contract, and invents anew for each."""
    return sketch(path, studio.place_of(find_holder(contract_id)), studio.today)


def invent_idle_periods(studio: Studio, contract_id: int) -> Record:
    """Return both lists of a contract: two periods at most are over, and one is to come."""
    number = studio.place_of(find_holder(contract_id))
    path = "/v1/memberships/{contractId}/self-service/idle-periods/{idlePeriodId}"
    ids = [10 * contract_id + place for place in range(3)]
    return {
        "pastIdlePeriods": draw(path, studio.today, ids[: (number + 1) % 3], first=contract_id),
        "currentAndUpcomingIdlePeriods": draw(path, studio.today, ids[2 + number % 2 :]),
    }


_DAYS_OF_VISITS = 730
_SHARES_OF_VISITS = (1, 0, 2, 6)
"""How many times the usual number of visits customers have, in turn."""
_HOURS_OF_VISITS = (18, 7, 17, 19, 9, 18, 11, 20, 13, 17, 12, 10, 14, 18, 16, 19, 8, 21, 15, 17)
"""When customers come, in turn."""
_STAYED_AWAY = (0, 0, 0, 45, 0)
"""For how many days customers have not come, in turn."""


def invent_checkins(studio: Studio, customer_id: int) -> list[Record]:
    """Return the check-ins of a customer, the oldest first; the last one has no check-out."""
    number = studio.place_of(customer_id)
    visits = studio.checkins_each * _SHARES_OF_VISITS[number % len(_SHARES_OF_VISITS)]
    if studio.status_of(customer_id) == PROSPECT:
        visits = 0
    return [_invent_visit(studio, customer_id, place, visits) for place in range(visits)]


def _invent_visit(studio: Studio, customer_id: int, place: int, visits: int) -> Record:
    number = studio.place_of(customer_id)
    away = _STAYED_AWAY[number % len(_STAYED_AWAY)]
    ago = away + (visits - 1 - place) * (_DAYS_OF_VISITS - away) // visits
    hour = _HOURS_OF_VISITS[(number + place) % len(_HOURS_OF_VISITS)]
    begun = moments.to_moment(studio.today - timedelta(ago), hour, customer_id % 60)
    visit = {
        "checkinId": 1000 * customer_id + place,
        "checkInDateTime": moments.format_with_offset(begun),
        "checkOutDateTime": moments.format_with_offset(begun + timedelta(minutes=50 + place % 40)),
        "studioId": studio.id,
        "studioName": studio.name,
    }
    if place == visits - 1:
        if customer_id % 2:
            visit["checkOutDateTime"] = None
        else:
            del visit["checkOutDateTime"]
    return visit


def invent_class_bookings(studio: Studio, customer_id: int) -> list[Record]:
    """Return the class bookings of a customer, each of a slot in the weeks around today."""
    number = studio.place_of(customer_id)
    weeks = studio.slots_between(studio.today - timedelta(13), studio.today + timedelta(13))
    return [
        {
            **sketch("/v1/classes/booking", number, studio.today),
            "bookingId": 100 * customer_id + place,
            "classSlotId": slot["id"],
            "classId": slot["classInformation"]["id"],
            "customerId": customer_id,
        }
        for place, slot in enumerate(weeks[number % 7 :: 97][: number % 4])
    ]
