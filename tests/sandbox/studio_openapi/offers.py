"""What a studio has and offers, which belongs to no single customer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.records import duplicate
from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import make_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

TAGS: list[Record] = [{"name": name} for name in ("sauna", "Kinderbetreuung", "24/7")]
UTILIZATION: Record = {"capacity": 80, "count": 83}
"""More people than fit in."""
CANCELATION_REASONS: list[Record] = [
    {"cancelationReasonId": 61, "cancelationReasonName": "Umzug"},
    {"cancelationReasonId": 62, "cancelationReasonName": "Zu teuer 💸"},
]
ONLINE_OFFERS: list[Record] = [
    {"onlineOfferId": number, "usageCount": 10, "offerType": "CHECK_IN_BASED"}
    for number in range(4001, 4061)
]
"""Only the name of the id is documented; that there are a count and a type is known without."""


def invent_information(studio: Studio) -> Record:
    """Return name, address and opening hours of a studio."""
    week = {"dayOfWeekFrom": "MONDAY", "dayOfWeekTo": "FRIDAY"}
    return {
        **duplicate(sketch("GET /v1/studios/information", 0, studio.today)),
        "name": studio.name,
        "country": "Germany",
        "countryCode": "DE",
        "studioId": studio.id,
        "closingDate": None if studio.place else moments.shift_day(studio.today, 700),
        "logoUrl": make_link(f"studios/{studio.id}/logo.png"),
        "openingHours": [{**week, "timeFrom": "06:00:00", "timeTo": "23:00:00"}],
        "publicOpeningHours": [{**week, "timeFrom": "08:00:00", "timeTo": "20:00:00"}],
        "studioTags": TAGS[:1],
    }


def invent_member_lists(studio: Studio) -> list[Record]:
    """Return lists of members that a studio keeps, changed at different times."""
    return [
        {
            "listId": 51 + place,
            "name": name,
            "modifiedDateTime": moments.format_with_offset(
                moments.to_moment(studio.today, 6 + place)
            ),
        }
        for place, name in enumerate(("VIP", "Rückengruppe"))
    ]


def invent_records(studio: Studio, endpoint: str, ids: Iterable[int]) -> list[Record]:
    """Return records of a kind that differ in their ids alone, to be changed at will."""
    return [
        {**duplicate(sketch(endpoint, place, studio.today)), "id": number}
        for place, number in enumerate(ids)
    ]


def invent_additional_information_fields(studio: Studio) -> list[Record]:
    """Return fields that a studio has added to customers, with lists of their own."""
    fields = invent_records(
        studio, "GET /v1/customers/additional-information-fields", range(501, 506)
    )
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


def invent_classes(studio: Studio, count: int) -> list[Record]:
    """Return the classes of a studio; the last one has no slots."""
    return invent_records(studio, "GET /v1/classes", range(_FIRST_CLASS, _FIRST_CLASS + count))


def invent_class_slots(studio: Studio, offered: Sequence[Record]) -> list[Record]:
    """Return the slots of all classes but the last, two a day, ordered by time."""
    return [
        _invent_slot(studio, one, day, hour, place)
        for day in _DAYS_OF_SLOTS
        for hour in _HOURS_OF_SLOTS
        for place, one in enumerate(offered[:-1])
    ]


def make_slot_id(class_id: int, day: int, hour: int) -> int:
    """Return the id of a slot.

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


def read_day(slot: Record) -> date:
    """Return the day on which a slot begins where the studio is."""
    return date.fromisoformat(slot["startDateTime"][:10])


def _invent_slot(studio: Studio, offered: Record, day: int, hour: int, place: int) -> Record:
    number = make_slot_id(offered["id"], day, _HOURS_OF_SLOTS.index(hour))
    begins = moments.to_moment(studio.today + timedelta(day), hour, 5 * place)
    return {
        **sketch("GET /v1/classes/slots", number, studio.today),
        "id": number,
        "startDateTime": moments.format_zoned(begins),
        "endDateTime": moments.format_zoned(begins + timedelta(minutes=45)),
        "classInformation": {"id": offered["id"], "title": offered.get("title")},
    }


_FREE_HOURS = (9, 11, 16)


def invent_free_slots(studio: Studio, appointment_id: int, first: date, last: date) -> list[Record]:
    """Return the free times of a kind of appointment, from one day to another."""
    endpoint = "GET /v1/appointments/bookable/{bookableAppointmentId}/slots"
    days = [first + timedelta(days) for days in range((last - first).days + 1)]
    begins = [
        moments.to_moment(day, hour, appointment_id % 2 * 15)
        for day in days
        for hour in _FREE_HOURS
    ]
    return [
        {
            **sketch(endpoint, place, studio.today),
            "startDateTime": moments.format_zoned(begin),
            "endDateTime": moments.format_zoned(begin + timedelta(minutes=30)),
        }
        for place, begin in enumerate(begins)
    ]


TRIAL_CONFIGS = (301, 302)


def invent_trial_offers(field: str, offered: Sequence[Record]) -> list[Record]:
    """Return what may be tried, which are classes or kinds of appointments.

    Args:
        field: The field that holds what is offered.
        offered: What is offered, as many as there are configurations.
    """
    return [
        {"trialOfferConfigId": config, field: one, "id": one["id"]}
        for config, one in zip(TRIAL_CONFIGS, offered, strict=True)
    ]


DEBT_COLLECTION_RUNS = range(7001, 7003)
_DEBTORS = (60, 3)
"""How many each run has."""
BLOCKED = 12


def invent_debtors_of_run(studio: Studio, run: int) -> list[Record]:
    """Return the debtors of a run."""
    endpoint = "GET /v1/debt-collection/{debtCollectionRunId}/debtors"
    return invent_debtors(studio, endpoint, _DEBTORS[DEBT_COLLECTION_RUNS.index(run)])


def invent_debtors(studio: Studio, endpoint: str, count: int) -> list[Record]:
    """Return as many debtors as are wanted."""
    return [
        {**sketch(endpoint, number, studio.today), "debtorId": f"D-{1000 + number}"}
        for number in range(count)
    ]


def invent_transfer_details(studio: Studio, run: int) -> Record:
    """Return the head of a run, which has a day at least."""
    place = DEBT_COLLECTION_RUNS.index(run)
    endpoint = "GET /v1/debt-collection/{debtCollectionRunId}/details"
    day = moments.shift_day(studio.today, -7 * place)
    return {**sketch(endpoint, place, studio.today), "collectionDate": day}
