"""What a studio has and offers, which belongs to no single customer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.records import duplicate
from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import link

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.sandbox.studio_openapi.endpoints import Schema
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio


def information(studio: Studio) -> Record:
    """Name, address, opening hours."""
    drawn = duplicate(sketch("GET /v1/studios/information", 0, studio.today))
    week = {"dayOfWeekFrom": "MONDAY", "dayOfWeekTo": "FRIDAY"}
    weekend = {"dayOfWeekFrom": "SATURDAY", "dayOfWeekTo": "SUNDAY"}
    return {
        **drawn,
        "name": studio.name,
        "country": "Germany",
        "countryCode": "DE",
        "studioId": studio.id,
        "closingDate": None if studio.place else moments.shifted(studio.today, 700),
        "logoUrl": link(f"studios/{studio.id}/logo.png"),
        "openingHours": [
            {**week, "timeFrom": "06:00:00", "timeTo": "23:00:00"},
            {**weekend, "timeFrom": "09:00:00", "timeTo": "20:30:00"},
        ],
        "publicOpeningHours": [{**week, "timeFrom": "08:00:00", "timeTo": "20:00:00"}],
        "studioTags": tags()[:1],
    }


def tags() -> list[Record]:
    """The tags that studios may have."""
    return [{"name": name} for name in ("sauna", "Kinderbetreuung", "24/7")]


def utilization() -> Record:
    """How many people are there; more than fit in, and without a limit in some studios."""
    return {"capacity": 80, "count": 83}


def member_lists(studio: Studio) -> list[Record]:
    """Lists of members that the studio keeps, changed at different times."""
    return [
        {
            "listId": number,
            "name": name,
            "modifiedDateTime": moments.with_offset(moments.at(studio.today, 6 + place)),
        }
        for place, (number, name) in enumerate([(51, "VIP"), (52, "Rückengruppe")])
    ]


def records(studio: Studio, endpoint: str, ids: Iterable[int]) -> list[Record]:
    """Records of a kind that differ in their ids alone, to be changed at will."""
    return [
        {**duplicate(sketch(endpoint, place, studio.today)), "id": number}
        for place, number in enumerate(ids)
    ]


def additional_information_fields(studio: Studio) -> list[Record]:
    """Fields that the studio has added to customers, with lists of their own."""
    fields = records(studio, "GET /v1/customers/additional-information-fields", range(501, 506))
    kinds = ("LIST", "TEXT", "DATE", "BOOLEAN", "NUMERIC")
    for field, kind in zip(fields, kinds, strict=True):
        field["type"] = kind
        if kind == "LIST":
            field["listItems"] = [{"id": 9003, "name": "Empfehlung"}, {"id": 9004, "name": "Web"}]
    return fields


_FIRST_CLASS = 4107
"""Ids of classes and slots are the same in all studios, as they are unique in each alone."""
_DAYS_OF_SLOTS = range(-30, 46)
_HOURS_OF_SLOTS = (9, 18)


def classes(studio: Studio, count: int) -> list[Record]:
    """The classes of a studio; the last one has no slots."""
    return [
        {
            **duplicate(sketch("GET /v1/classes", place, studio.today)),
            "id": _FIRST_CLASS + place,
        }
        for place in range(count)
    ]


def class_slots(studio: Studio, offered: Sequence[Record]) -> list[Record]:
    """The slots of all classes but the last, two a day, ordered by time."""
    return [
        _slot(studio, one, day, hour, place)
        for day in _DAYS_OF_SLOTS
        for hour in _HOURS_OF_SLOTS
        for place, one in enumerate(offered[:-1])
    ]


def slot_id(class_id: int, day: int, hour: int) -> int:
    """The id of a slot.

    Args:
        class_id: Of its class.
        day: How many days after today it is.
        hour: Which of the day's hours, modulo their number.
    """
    return (
        1000 * class_id
        + (day - _DAYS_OF_SLOTS.start) * len(_HOURS_OF_SLOTS)
        + hour % len(_HOURS_OF_SLOTS)
    )


def day_of(slot: Record) -> date:
    """The day on which a slot begins where the studio is."""
    return date.fromisoformat(slot["startDateTime"][:10])


def _slot(studio: Studio, offered: Record, day: int, hour: int, place: int) -> Record:
    number = slot_id(offered["id"], day, _HOURS_OF_SLOTS.index(hour))
    begins = moments.at(studio.today + timedelta(day), hour, 5 * place)
    drawn = sketch("GET /v1/classes/slots", number, studio.today)
    slot = {
        **duplicate(drawn),
        "id": number,
        "startDateTime": moments.zoned(begins),
        "endDateTime": moments.zoned(begins + timedelta(minutes=45)),
        "classInformation": {"id": offered["id"], "title": offered.get("title")},
    }
    for name, days in (("earliestBookingDateTime", 7), ("latestBookingDateTime", 0)):
        if drawn.get(name):
            slot[name] = moments.zoned(begins - timedelta(days, minutes=30))
    return slot


APPOINTMENT_LENGTH = timedelta(minutes=30)
_FREE_HOURS = (9, 11, 16)


def free_slots(studio: Studio, appointment_id: int, first: date, last: date) -> list[Record]:
    """The free times of a kind of appointment, from one day to another."""
    endpoint = "GET /v1/appointments/bookable/{bookableAppointmentId}/slots"
    days = [first + timedelta(days) for days in range((last - first).days + 1)]
    begins = [
        moments.at(day, hour, appointment_id % 2 * 15) for day in days for hour in _FREE_HOURS
    ]
    return [
        {
            **sketch(endpoint, place, studio.today),
            "startDateTime": moments.zoned(begin),
            "endDateTime": moments.zoned(begin + APPOINTMENT_LENGTH),
        }
        for place, begin in enumerate(begins)
    ]


def summary(record: Any, schema: Schema) -> Any:
    """As much of a record as a schema knows of."""
    if record is None:
        return None
    match schema["type"]:
        case "object":
            known = schema["properties"].items()
            return {name: summary(record[name], field) for name, field in known if name in record}
        case "array":
            return [summary(item, schema["items"]) for item in record]
    return record


def membership_offers(studio: Studio) -> list[Record]:
    """The offers with all details; terms are promised where there are fewer."""
    endpoint = "GET /v1/memberships/membership-offers/{membershipOfferId}"
    found = records(studio, endpoint, range(601, 605))
    return [{**offer, "terms": offer.get("terms") or []} for offer in found]


def cancelation_reasons() -> list[Record]:
    """Why contracts may be cancelled."""
    names = ("Umzug", "Krankheit", "Zu teuer 💸")
    return [
        {"cancelationReasonId": number, "cancelationReasonName": name}
        for number, name in enumerate(names, 61)
    ]


_TRIAL_CONFIGS = (301, 302)
_ONLINE_OFFERS = 60
"""So many offers that they fill more than a slice of the usual size."""


def trial_offer_appointments(studio: Studio) -> list[Record]:
    """Kinds of appointments that may be tried, of which one has two configurations."""
    first, second, *_ = studio.bookable_appointments
    pairs = [(_TRIAL_CONFIGS[0], first), (_TRIAL_CONFIGS[1], second)]
    return [
        {"trialOfferConfigId": config, "trialOfferBookableAppointment": one, "id": one["id"]}
        for config, one in pairs
    ]


def trial_offer_classes(studio: Studio) -> list[Record]:
    """Classes that may be tried."""
    return [
        {"trialOfferConfigId": _TRIAL_CONFIGS[0], "trialOfferClass": one, "id": one["id"]}
        for one in studio.classes[:2]
    ]


def trial_offer_configs(studio: Studio) -> list[Record]:
    """The configurations of both."""
    endpoint = "GET /v1/trial-offers/config/{configId}"
    return [
        {**duplicate(sketch(endpoint, place, studio.today)), "id": number}
        for place, number in enumerate(_TRIAL_CONFIGS)
    ]


def online_offers() -> list[Record]:
    """Offers to be bought online.

    Only the name of the id is documented; that there are a count, a price, a period and a type is
    known without their names.
    """
    return [
        {
            "onlineOfferId": number,
            "usageCount": 10,
            "price": {"amount": 89.5, "currency": "EUR"},
            "periodOfUse": {"value": 3, "unit": "MONTH"},
            "offerType": "CHECK_IN_BASED",
        }
        for number in range(4001, 4001 + _ONLINE_OFFERS)
    ]


_DEBTS = "GET /v1/debt-collection"
DEBT_COLLECTION_RUNS = range(7001, 7003)
_DEBTORS = dict(zip(DEBT_COLLECTION_RUNS, (60, 3), strict=True))
_BLOCKED = 12
"""So many that they fill more than a slice of the usual size."""


def debtors(studio: Studio, run: int) -> list[Record]:
    """The debtors of a run, who are customers."""
    found = _debtors(studio, f"{_DEBTS}/{{debtCollectionRunId}}/debtors", _DEBTORS[run])
    for number, debtor in enumerate(found):
        customer = studio.customers.peek(studio.id_of(number))
        debtor["membershipNr"] = customer["customerNumber"]
        debtor |= {name: customer[name] for name in ("firstName", "lastName")}
    return found


def transfer_details(studio: Studio, run: int) -> Record:
    """The head of a run, which has a day at least."""
    place = DEBT_COLLECTION_RUNS.index(run)
    drawn = sketch(f"{_DEBTS}/{{debtCollectionRunId}}/details", place, studio.today)
    day = moments.shifted(studio.today, -7 * place)
    return {**duplicate(drawn), "collectionDate": day}


def blocked_debtors(studio: Studio) -> list[Record]:
    """Debtors that no run is to have."""
    return _debtors(studio, f"{_DEBTS}/blocked/debtors", _BLOCKED)


def blocked_debts(studio: Studio) -> list[Record]:
    """Debts that no run is to have, by debtor."""
    return _debtors(studio, f"{_DEBTS}/blocked/debts", _BLOCKED)


def _debtors(studio: Studio, endpoint: str, count: int) -> list[Record]:
    return [
        {**duplicate(sketch(endpoint, number, studio.today)), "debtorId": f"D-{1000 + number}"}
        for number in range(count)
    ]
