"""Debts that partners collect, and exports for tax advisors."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import link

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_PATH = "GET /v1/debt-collection"
RUNS = range(7001, 7003)
EXPORTS = range(9001, 9003)
_DEBTORS = dict(zip(RUNS, (60, 3), strict=True))
_BLOCKED = 12
"""So many that they fill more than a slice of the usual size."""


def debtor_id(number: int) -> str:
    """The id of the debtor that a customer is; other studios have the same ones."""
    return f"D-{1000 + number}"


def debtors(studio: Studio, run: int) -> list[Record]:
    """The debtors of a run, who are customers."""
    found = _debtors(studio, f"{_PATH}/{{debtCollectionRunId}}/debtors", _DEBTORS[run])
    for number, debtor in enumerate(found):
        customer = studio.customers.peek(studio.id_of(number))
        debtor["membershipNr"] = customer["customerNumber"]
        debtor |= {name: customer[name] for name in ("firstName", "lastName")}
    return found


def details(studio: Studio, run: int) -> Record:
    """The head of a run."""
    drawn = sketch(f"{_PATH}/{{debtCollectionRunId}}/details", RUNS.index(run), studio.today)
    return copy.deepcopy(drawn)


def blocked_debtors(studio: Studio) -> list[Record]:
    """Debtors that no run is to have."""
    return _debtors(studio, f"{_PATH}/blocked/debtors", _BLOCKED)


def blocked_debts(studio: Studio) -> list[Record]:
    """Debts that no run is to have, by debtor."""
    return _debtors(studio, f"{_PATH}/blocked/debts", _BLOCKED)


def cases(studio: Studio) -> list[Record]:
    """What has become of debtors."""
    return _debtors(studio, f"{_PATH}/cases", _BLOCKED)


def export(studio: Studio, number: int) -> Record:
    """A finished export for tax advisors."""
    drawn = sketch("GET /v1/taxadvisor/exports/{exportId}", EXPORTS.index(number), studio.today)
    return {**drawn, "downloadUrl": link(f"exports/{number}.csv")}


def _debtors(studio: Studio, endpoint: str, count: int) -> list[Record]:
    return [
        {**copy.deepcopy(sketch(endpoint, number, studio.today)), "debtorId": debtor_id(number)}
        for number in range(count)
    ]
