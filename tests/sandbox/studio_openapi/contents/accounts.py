"""Balances and transactions of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.contents.statuses import PROSPECT
from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_MONTH = 30
_PAST = (24, 3, 60)
"""How many past charges customers have, in turn."""
_UPCOMING = (12, 0, 1)


def balance(studio: Studio, customer_id: int) -> Record:
    """What a customer owes: the last charge, if it is still open."""
    endpoint = "GET /v1/customers/{customerId}/account/balances"
    number = studio.place_of(customer_id)
    drawn = sketch(endpoint, number, studio.today)
    if drawn.get("accountBalance"):
        owed = -34.9 if past(studio, customer_id) and _last_is_open(number) else 0
        return {**drawn, "accountBalance": {"amount": owed, "currency": "EUR"}}
    return drawn


def past(studio: Studio, customer_id: int) -> list[Record]:
    """The charges of a customer up to yesterday, the oldest first."""
    number = studio.place_of(customer_id)
    count = 0 if studio.status_of(customer_id) == PROSPECT else _PAST[number % len(_PAST)]
    charges = [
        _charge(studio, 1000 * customer_id + place, 1 - _MONTH * (count - place))
        for place in range(count)
    ]
    if charges and _last_is_open(number):
        charges[-1]["openAmount"] = {"amount": 34.9, "currency": "EUR"}
    return charges


def upcoming(studio: Studio, customer_id: int) -> list[Record]:
    """The charges of a customer that are due from today on, for a year at most."""
    number = studio.place_of(customer_id)
    count = 0 if studio.status_of(customer_id) == PROSPECT else _UPCOMING[number % len(_UPCOMING)]
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
