"""Customers of a studio, and what belongs to single ones and to their contracts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments, offers
from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import FIRST_NAMES, LAST_NAMES, link

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

MEMBER = "MEMBER"
PROSPECT = "PROSPECT"
FORMER_MEMBER = "FORMER_MEMBER"
USUAL_MIX = (*[MEMBER] * 7, *[PROSPECT] * 2, FORMER_MEMBER)


_OF_CONTRACT = "GET /v1/memberships/{contractId}/self-service"


_MEDIUMS = ("CARD_NUMBER", "BARCODE", "PIN")


def invented_customer(studio: Studio, customer_id: int) -> Record:
    """A customer; of some, the number of the house is a number."""
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
        "createdDateTime": moments.zoned(
            moments.at(studio.today, 17, 42).replace(year=studio.today.year - 2, month=2, day=5)
        ),
    }
    if drawn.get("email"):
        customer["email"] = f"member{number}@mail.example"
    if drawn.get("imageUrl"):
        customer["imageUrl"] = link(f"customers/{customer_id}.jpg")
    if drawn.get("houseNumber") and number % 2:
        customer["houseNumber"] = number
    _relate(studio, customer_id, customer)
    return customer


def _relate(studio: Studio, customer_id: int, customer: Record) -> None:
    """Gives ids of their own to what the customer has."""
    if customer.get("idlePeriods"):
        customer["idlePeriods"] = idle_periods_of_customer(studio, customer_id)
    if customer.get("accessMediums"):
        customer["accessMediums"] = [
            {"id": 100 * customer_id + place, "type": kind, "value": f"{customer_id + place:010d}"}
            for place, kind in enumerate(_MEDIUMS)
        ]
    if customer.get("cardNumbers"):
        mediums = customer.get("accessMediums") or []
        cards = [medium["value"] for medium in mediums if medium["type"] == "CARD_NUMBER"]
        customer["cardNumbers"] = cards
    if customer.get("additionalInformationFieldAssignments"):
        customer["additionalInformationFieldAssignments"] = [
            {"additionalInformationFieldId": field["id"], "value": f"{customer_id % 97}"}
            for field in studio.additional_information_fields
        ]


def contracts_of(studio: Studio, customer_id: int) -> list[Record]:
    """The contracts of a customer: prospects have none, members an active one."""
    status, number = studio.status_of(customer_id), studio.place_of(customer_id)
    if status == PROSPECT:
        return []
    states = ["ACTIVE", "INACTIVE"] if number % 4 == 1 else ["ACTIVE"]
    if status != MEMBER:
        states = ["INACTIVE"]
    return [_contract(studio, customer_id, place, state) for place, state in enumerate(states, 1)]


def holder_of(contract_id: int) -> int:
    """The customer that an invented contract belongs to."""
    return contract_id // 10


def in_self_service(studio: Studio, contract: Record) -> Record:
    """A contract as self-service has it, with its own spelling of cancelations."""
    endpoint = "GET /v1/memberships/{customerId}/self-service/contract-data"
    shared = ("id", "startDate", "endDate", "rateName", "contractStatus", "price", "priceDetails")
    return {
        **sketch(endpoint, contract["id"], studio.today),
        **{name: contract[name] for name in shared},
        "lastPossibleCancelationDate": contract["lastPossibleCancellationDate"],
    }


def _contract(studio: Studio, customer_id: int, place: int, state: str) -> Record:
    number, active = studio.place_of(customer_id), state == "ACTIVE"
    drawn = sketch("GET /v1/customers/{customerId}/contracts", number + place - 1, studio.today)
    contract_id = 10 * customer_id + place
    begun = -400 - number % 300
    contract = {
        **drawn,
        "id": contract_id,
        "createdDate": moments.shifted(studio.today, begun - 10),
        "startDate": moments.shifted(studio.today, begun),
        "endDate": moments.shifted(studio.today, 200 if active else -30),
        "lastPossibleCancellationDate": moments.shifted(studio.today, 170 if active else -60),
        "contractStatus": state,
        "cancelled": not active,
        "price": drawn["priceDetails"]["basePrice"]["amount"],
    }
    if drawn.get("signedDocumentUrl"):
        contract["signedDocumentUrl"] = link(f"contracts/{contract_id}.pdf")
    for name, first in (("flatFeeContracts", 1), ("moduleContracts", 6)):
        if drawn.get(name):
            contract[name] = [
                {**sub_contract, "id": 10 * contract_id + number}
                for number, sub_contract in enumerate(drawn[name], first)
            ]
    return contract


_IDLE_PERIOD = "GET /v1/memberships/{contractId}/self-service/idle-periods/{idlePeriodId}"


def idle_periods_of(studio: Studio, contract_id: int) -> Record:
    """Both lists of a contract: two periods at most lie behind it, and one before it."""
    number = studio.place_of(holder_of(contract_id))
    return {
        "pastIdlePeriods": [
            _period(studio, contract_id, place, -200 * place)
            for place in range(1, (number + 1) % 3 + 1)
        ],
        "currentAndUpcomingIdlePeriods": [
            _period(studio, contract_id, 9, 20) for _ in range((number + 1) % 2)
        ],
    }


def idle_periods_of_customer(studio: Studio, customer_id: int) -> list[Record]:
    """The periods of all contracts of a customer, as the customer's record has them."""
    return [
        {
            "id": period["id"],
            "startDate": period["startDate"],
            "endDate": period["endDate"],
            "reason": period["idlePeriodReason"]["name"],
            "contract": {"id": contract["id"], "rateName": contract["rateName"]},
            "unlimited": bool(period.get("unlimited")),
        }
        for contract in contracts_of(studio, customer_id)
        for periods in idle_periods_of(studio, contract["id"]).values()
        for period in periods
    ]


def _period(studio: Studio, contract_id: int, place: int, begins: int) -> Record:
    drawn = sketch(_IDLE_PERIOD, contract_id + place, studio.today)
    period = {
        **drawn,
        "id": 10 * contract_id + place,
        "startDate": moments.shifted(studio.today, begins),
        "endDate": moments.shifted(studio.today, begins + 30),
    }
    if drawn.get("documentUrl"):
        period["documentUrl"] = link(f"idle-periods/{period['id']}.pdf")
    return period


def idle_period_config(studio: Studio, contract_id: int) -> Record:
    """The rules for idle periods of a contract."""
    return sketch(f"{_OF_CONTRACT}/idle-periods/config", _place(studio, contract_id), studio.today)


def remaining_idle_periods(studio: Studio, contract_id: int) -> Record:
    """How many idle periods a contract may still have."""
    return sketch(
        f"{_OF_CONTRACT}/idle-periods/remaining", _place(studio, contract_id), studio.today
    )


def _place(studio: Studio, contract_id: int) -> int:
    return studio.place_of(holder_of(contract_id))


_DAYS_OF_VISITS = 730
_SHARES_OF_VISITS = (1, 0, 2, 6)
"""How many times the usual number of visits customers have, in turn."""
_HOURS_OF_VISITS = (18, 7, 17, 19, 9, 18, 11, 20, 13, 17, 12, 10, 14, 18, 16, 19, 8, 21, 15, 17)
"""When customers come, in turn."""
_STAYED_AWAY = (0, 0, 0, 45, 0)
"""For how many days customers have not come, in turn."""


def checkins_of(studio: Studio, customer_id: int) -> list[Record]:
    """The check-ins of a customer, the oldest first; of the last one there is no check-out."""
    number = studio.place_of(customer_id)
    visits = studio.checkins_each * _SHARES_OF_VISITS[number % len(_SHARES_OF_VISITS)]
    if studio.status_of(customer_id) == PROSPECT:
        visits = 0
    return [_visit(studio, customer_id, place, visits) for place in range(visits)]


def _visit(studio: Studio, customer_id: int, place: int, visits: int) -> Record:
    number = studio.place_of(customer_id)
    away = _STAYED_AWAY[number % len(_STAYED_AWAY)]
    ago = away + (visits - 1 - place) * (_DAYS_OF_VISITS - away) // visits
    hour = _HOURS_OF_VISITS[(number + place) % len(_HOURS_OF_VISITS)]
    begun = moments.at(studio.today - timedelta(ago), hour, customer_id % 60)
    visit = {
        "checkinId": 1000 * customer_id + place,
        "checkInDateTime": moments.with_offset(begun),
        "checkOutDateTime": moments.with_offset(begun + timedelta(minutes=50 + place % 40)),
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


def balance_of(studio: Studio, customer_id: int) -> Record:
    """What a customer owes: the last charge, if it is still open."""
    endpoint = "GET /v1/customers/{customerId}/account/balances"
    number = studio.place_of(customer_id)
    drawn = sketch(endpoint, number, studio.today)
    if drawn.get("accountBalance"):
        owed = -34.9 if charges_of(studio, customer_id) and _last_is_open(number) else 0
        return {**drawn, "accountBalance": {"amount": owed, "currency": "EUR"}}
    return drawn


def charges_of(studio: Studio, customer_id: int) -> list[Record]:
    """The charges of a customer up to yesterday, the oldest first."""
    number = studio.place_of(customer_id)
    count = (
        0
        if studio.status_of(customer_id) == PROSPECT
        else _PAST_CHARGES[number % len(_PAST_CHARGES)]
    )
    charges = [
        _charge(studio, 1000 * customer_id + place, 1 - _MONTH * (count - place))
        for place in range(count)
    ]
    if charges and _last_is_open(number):
        charges[-1]["openAmount"] = {"amount": 34.9, "currency": "EUR"}
    return charges


def upcoming_charges_of(studio: Studio, customer_id: int) -> list[Record]:
    """The charges of a customer that are due from today on, for a year at most."""
    number = studio.place_of(customer_id)
    count = (
        0
        if studio.status_of(customer_id) == PROSPECT
        else _UPCOMING_CHARGES[number % len(_UPCOMING_CHARGES)]
    )
    return [
        _charge(studio, 1000 * customer_id + 500 + place, _MONTH * place) for place in range(count)
    ]


def _last_is_open(number: int) -> bool:
    return number % 4 == 0


def _charge(studio: Studio, charge_id: int, days: int) -> Record:
    charge: Record = {
        "id": charge_id,
        "dueDate": moments.shifted(studio.today, days),
        "description": "Mitgliedsbeitrag für Kraft & Kurse",
        "amount": {"amount": 34.9, "currency": "EUR"},
        "openAmount": {"amount": 0, "currency": "EUR"},
        "installmentPlan": charge_id % 7 == 0,
    }
    if charge_id % 11 == 0:
        charge["description"] = None
    if charge_id % 13 == 0:
        del charge["openAmount"]
    return charge


_DAYS_OF_BOOKINGS = range(-13, 14)
_FIRST_APPOINTMENT = 50
"""From which place on bookings of a customer are bookings of appointments."""


def class_bookings_of(studio: Studio, customer_id: int) -> list[Record]:
    """The class bookings of a customer."""
    number = studio.place_of(customer_id)
    return [_class_booking(studio, customer_id, place) for place in range(number % 4)]


def appointment_bookings_of(studio: Studio, customer_id: int) -> list[Record]:
    """The appointment bookings of a customer."""
    number = studio.place_of(customer_id)
    return [_appointment(studio, customer_id, place) for place in range((number + 1) % 3)]


def _class_booking(studio: Studio, customer_id: int, place: int) -> Record:
    endpoint = "GET /v1/classes/booking"
    number = studio.place_of(customer_id) + 9 * place
    day = _DAYS_OF_BOOKINGS[5 * number % len(_DAYS_OF_BOOKINGS)]
    class_id = studio.classes[number % (len(studio.classes) - 1)]["id"]
    return {
        **sketch(endpoint, number, studio.today),
        "bookingId": 100 * customer_id + place,
        "classSlotId": offers.slot_id(class_id, day, number),
        "classId": class_id,
        "customerId": customer_id,
        "classSlotStatus": "PLANNED" if day >= 0 else "COMPLETED",
    }


def _appointment(studio: Studio, customer_id: int, place: int) -> Record:
    endpoint = "GET /v1/appointments/booking"
    number = studio.place_of(customer_id) + 9 * place
    day = _DAYS_OF_BOOKINGS[5 * number % len(_DAYS_OF_BOOKINGS)]
    begins = moments.at(studio.today + timedelta(day), 10)
    offered = studio.bookable_appointments[number % len(studio.bookable_appointments)]
    return {
        **sketch(endpoint, number, studio.today),
        "bookingId": 100 * customer_id + _FIRST_APPOINTMENT + place,
        "startDateTime": moments.zoned(begins),
        "endDateTime": moments.zoned(begins + offers.APPOINTMENT_LENGTH),
        "title": offered.get("title"),
        "appointmentStatus": "PLANNED" if day >= 0 else "COMPLETED",
    }


_DOCUMENTS = (1, 0, 3, 0, 75)
"""How many documents customers have, in turn."""
_BENEFITS = ("GUEST_PASS", "SAUNA")
_CATEGORIES = ("CONTRACT", "GENERAL", "APPOINTMENT", "NEWSLETTER", "LOYALTY_PROGRAM")


def documents_of(studio: Studio, customer_id: int) -> list[Record]:
    """What is filed for a customer."""
    endpoint = "GET /v1/customers/{customerId}/documents"
    count = _DOCUMENTS[studio.place_of(customer_id) % len(_DOCUMENTS)]
    return [
        {
            **sketch(endpoint, customer_id + place, studio.today),
            "id": 100 * customer_id + place,
            "url": link(f"documents/{100 * customer_id + place}.pdf"),
        }
        for place in range(count)
    ]


def benefits_of(studio: Studio, customer_id: int) -> list[Record]:
    """Which benefits of the integration a customer has."""
    number = studio.place_of(customer_id)
    return [{"key": key, "valid": (number + place) % 2 == 0} for place, key in enumerate(_BENEFITS)]


def preferences_of(studio: Studio, customer_id: int) -> list[Record]:
    """On which channels a customer wants which messages."""
    endpoint = "GET /v1/communications/{customerId}/communication-preferences"
    return [
        {**sketch(endpoint, customer_id + place, studio.today), "messageCategory": category}
        for place, category in enumerate(_CATEGORIES)
    ]


_SELF_SERVICE = "GET /v1/customers/{customerId}/self-service"


def address_data(studio: Studio, customer_id: int) -> Record:
    """Where a customer lives."""
    return _agreeing(
        studio, customer_id, f"{_SELF_SERVICE}/address-data", ("street", "zipCode", "city")
    )


def contact_data(studio: Studio, customer_id: int) -> Record:
    """How a customer is reached."""
    return _agreeing(
        studio, customer_id, f"{_SELF_SERVICE}/contact-data", ("email", "phonePrivate")
    )


def master_data(studio: Studio, customer_id: int) -> Record:
    """Who a customer is."""
    names = ("firstName", "lastName", "dateOfBirth")
    return _agreeing(studio, customer_id, f"{_SELF_SERVICE}/master-data", names)


def _agreeing(studio: Studio, customer_id: int, endpoint: str, names: tuple[str, ...]) -> Record:
    """Data that agree with the customer's record in some fields, where that has values."""
    customer = studio.customers.peek(customer_id)
    agreeing = {name: customer[name] for name in names if customer.get(name)}
    return {**sketch(endpoint, studio.place_of(customer_id), studio.today), **agreeing}
