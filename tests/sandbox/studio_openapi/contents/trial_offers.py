"""Appointments and classes that may be tried, and offers to be bought online."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_CONFIGS = (301, 302)
_ONLINE = 60
"""So many offers that they fill more than a slice of the usual size."""


def appointments(studio: Studio) -> list[Record]:
    """Kinds of appointments that may be tried, of which one has two configurations."""
    first, second, *_ = studio.bookable_appointments
    pairs = [(_CONFIGS[0], first), (_CONFIGS[1], second)]
    return [
        {"trialOfferConfigId": config, "trialOfferBookableAppointment": one, "id": one["id"]}
        for config, one in pairs
    ]


def classes(studio: Studio) -> list[Record]:
    """Classes that may be tried."""
    return [
        {"trialOfferConfigId": _CONFIGS[0], "trialOfferClass": one, "id": one["id"]}
        for one in studio.classes[:2]
    ]


def configs(studio: Studio) -> list[Record]:
    """The configurations of both."""
    endpoint = "GET /v1/trial-offers/config/{configId}"
    return [
        {**copy.deepcopy(sketch(endpoint, place, studio.today)), "id": number}
        for place, number in enumerate(_CONFIGS)
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
        for number in range(4001, 4001 + _ONLINE)
    ]
