"""The studio itself, with its staff, devices and settings."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio


def information(studio: Studio) -> Record:
    """Name, address, opening hours."""
    drawn = copy.deepcopy(sketch("GET /v1/studios/information", 0, studio.today))
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
        {**copy.deepcopy(sketch(endpoint, place, studio.today)), "id": number}
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
