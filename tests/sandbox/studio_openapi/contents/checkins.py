"""Check-ins of customers, over two years."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.contents.statuses import PROSPECT

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_DAYS = 730
_SHARES = (1, 0, 2, 6)
"""How many times the usual number of visits customers have, in turn."""


def of_customer(studio: Studio, customer_id: int) -> list[Record]:
    """The check-ins of a customer, the oldest first; of the last one there is no check-out."""
    number = studio.place_of(customer_id)
    visits = studio.checkins_each * _SHARES[number % len(_SHARES)]
    if studio.status_of(customer_id) == PROSPECT:
        visits = 0
    return [_visit(studio, customer_id, place, visits) for place in range(visits)]


def _visit(studio: Studio, customer_id: int, place: int, visits: int) -> Record:
    ago = (visits - 1 - place) * _DAYS // visits
    begun = moments.at(studio.today - timedelta(ago), 7 + place % 12, customer_id % 60)
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
