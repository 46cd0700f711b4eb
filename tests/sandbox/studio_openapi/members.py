"""Customers of a studio, and what belongs to single ones and to their contracts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments, offers
from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import FIRST_NAMES, LAST_NAMES, make_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

MEMBER = "MEMBER"
PROSPECT = "PROSPECT"
FORMER_MEMBER = "FORMER_MEMBER"
USUAL_MIX = (*[MEMBER] * 7, *[PROSPECT] * 2, FORMER_MEMBER)


def invent_customer(studio: Studio, customer_id: int) -> Record:
    """Return a customer; of some, the number of the house is a number."""
    number = studio.place_of(customer_id)
    drawn = sketch("GET /v1/customers", number, studio.today)
    customer = {
        **drawn,
        "id": customer_id,
        "customerNumber": f"K{studio.place}-{number:05d}",
        "firstName": FIRST_NAMES[number % len(FIRST_NAMES)],
        "lastName": f"{LAST_NAMES[number % len(LAST_NAMES)]}-{number}",
        "status": studio.status_of(customer_id),
        "studioId": studio.id,
        "createdDateTime": moments.format_zoned(
            moments.to_moment(studio.today - timedelta(650), 17, 42)
        ),
    }
    if drawn.get("houseNumber") and number % 2:
        customer["houseNumber"] = number
    if drawn.get("additionalInformationFieldAssignments"):
        customer["additionalInformationFieldAssignments"] = [
            {"additionalInformationFieldId": field["id"], "value": f"{customer_id % 97}"}
            for field in studio.additional_information_fields
        ]
    return customer


_CONTRACTS = "GET /v1/customers/{customerId}/contracts"


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
            **sketch(_CONTRACTS, number + place - 1, studio.today),
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


def sketch_for_contract(endpoint: str, studio: Studio, contract_id: int) -> Record:
    """Return what an endpoint has of a contract, and invents anew for each."""
    return sketch(endpoint, studio.place_of(find_holder(contract_id)), studio.today)


def invent_contract_data(studio: Studio, customer_id: int) -> list[Record]:
    """Return the contracts of a customer as self-service has them."""
    endpoint = "GET /v1/memberships/{customerId}/self-service/contract-data"
    shared = ("id", "startDate", "endDate", "rateName", "contractStatus")
    return [
        {
            **sketch(endpoint, contract["id"], studio.today),
            **{name: contract[name] for name in shared},
        }
        for contract in studio.contracts.peek(customer_id)
    ]


def invent_idle_periods(studio: Studio, contract_id: int) -> Record:
    """Return both lists of a contract: two periods at most are over, and one is to come."""
    number = studio.place_of(find_holder(contract_id))
    return {
        "pastIdlePeriods": [
            _invent_idle_period(studio, contract_id, place, -200 * place)
            for place in range(1, (number + 1) % 3 + 1)
        ],
        "currentAndUpcomingIdlePeriods": [
            _invent_idle_period(studio, contract_id, 9, 20) for _ in range((number + 1) % 2)
        ],
    }


def _invent_idle_period(studio: Studio, contract_id: int, place: int, begins: int) -> Record:
    endpoint = "GET /v1/memberships/{contractId}/self-service/idle-periods/{idlePeriodId}"
    return {
        **sketch(endpoint, contract_id + place, studio.today),
        "id": 10 * contract_id + place,
        "startDate": moments.shift_day(studio.today, begins),
        "endDate": moments.shift_day(studio.today, begins + 30),
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


_MONTH = 30
_PAST_CHARGES = (24, 3, 60)
"""How many past charges customers have, in turn."""
_UPCOMING_CHARGES = (12, 0, 1)


def invent_past_charges(studio: Studio, customer_id: int) -> list[Record]:
    """Return the charges of a customer up to yesterday, the oldest first."""
    count = _PAST_CHARGES[studio.place_of(customer_id) % len(_PAST_CHARGES)]
    days = [1 - _MONTH * (count - place) for place in range(count)]
    return _invent_charges(studio, customer_id, 0, days)


def invent_upcoming_charges(studio: Studio, customer_id: int) -> list[Record]:
    """Return the charges of a customer that are due from today on, for a year at most."""
    count = _UPCOMING_CHARGES[studio.place_of(customer_id) % len(_UPCOMING_CHARGES)]
    return _invent_charges(studio, customer_id, 500, [_MONTH * place for place in range(count)])


def _invent_charges(studio: Studio, customer_id: int, first: int, days: list[int]) -> list[Record]:
    if studio.status_of(customer_id) == PROSPECT:
        return []
    endpoint = "GET /v1/customers/{customerId}/account/transactions"
    return [
        {
            **sketch(endpoint, place, studio.today),
            "id": 1000 * customer_id + place,
            "dueDate": moments.shift_day(studio.today, day),
        }
        for place, day in enumerate(days, first)
    ]


_DAYS_OF_BOOKINGS = range(-13, 14)
_FIRST_APPOINTMENT = 50
"""From which place on bookings of a customer are bookings of appointments."""


def _bookings(studio: Studio, customer_id: int, count: int) -> Iterator[tuple[int, int, int]]:
    """Yield bookings of a customer: the place of each, a number of its own, and how far off."""
    for place in range(count):
        number = studio.place_of(customer_id) + 9 * place
        yield place, number, _DAYS_OF_BOOKINGS[5 * number % len(_DAYS_OF_BOOKINGS)]


def invent_class_bookings(studio: Studio, customer_id: int) -> list[Record]:
    """Return the class bookings of a customer."""
    booked: list[Record] = []
    for place, number, day in _bookings(studio, customer_id, studio.place_of(customer_id) % 4):
        class_id = studio.classes[number % (len(studio.classes) - 1)]["id"]
        booked.append(
            {
                **sketch("GET /v1/classes/booking", number, studio.today),
                "bookingId": 100 * customer_id + place,
                "classSlotId": offers.make_slot_id(class_id, day, number),
                "classId": class_id,
                "customerId": customer_id,
                "classSlotStatus": "PLANNED" if day >= 0 else "COMPLETED",
            }
        )
    return booked


def invent_appointment_bookings(studio: Studio, customer_id: int) -> list[Record]:
    """Return the appointment bookings of a customer."""
    count = (studio.place_of(customer_id) + 1) % 3
    return [
        {
            **sketch("GET /v1/appointments/booking", number, studio.today),
            "bookingId": 100 * customer_id + _FIRST_APPOINTMENT + place,
            "startDateTime": moments.format_zoned(
                moments.to_moment(studio.today + timedelta(day), 10)
            ),
            "endDateTime": moments.format_zoned(
                moments.to_moment(studio.today + timedelta(day), 10, 30)
            ),
            "appointmentStatus": "PLANNED" if day >= 0 else "COMPLETED",
        }
        for place, number, day in _bookings(studio, customer_id, count)
    ]


_DOCUMENTS = (1, 0, 3, 0, 75)
"""How many documents customers have, in turn."""
_BENEFITS = ("GUEST_PASS", "SAUNA")
_CATEGORIES = ("CONTRACT", "GENERAL", "APPOINTMENT", "NEWSLETTER", "LOYALTY_PROGRAM")


def invent_documents(studio: Studio, customer_id: int) -> list[Record]:
    """Return what is filed for a customer."""
    endpoint = "GET /v1/customers/{customerId}/documents"
    count = _DOCUMENTS[studio.place_of(customer_id) % len(_DOCUMENTS)]
    return [
        {
            **sketch(endpoint, customer_id + place, studio.today),
            "id": 100 * customer_id + place,
            "url": make_link(f"documents/{100 * customer_id + place}.pdf"),
        }
        for place in range(count)
    ]


def invent_benefits(studio: Studio, customer_id: int) -> list[Record]:
    """Return which benefits of the integration a customer has."""
    number = studio.place_of(customer_id)
    return [{"key": key, "valid": (number + place) % 2 == 0} for place, key in enumerate(_BENEFITS)]


def invent_preferences(studio: Studio, customer_id: int) -> list[Record]:
    """Return on which channels a customer wants which messages."""
    endpoint = "GET /v1/communications/{customerId}/communication-preferences"
    return [
        {**sketch(endpoint, customer_id + place, studio.today), "messageCategory": category}
        for place, category in enumerate(_CATEGORIES)
    ]
