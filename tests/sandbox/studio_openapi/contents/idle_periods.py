"""Idle periods, which belong to contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.contents import contracts
from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import link

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_ENDPOINT = "GET /v1/memberships/{contractId}/self-service/idle-periods/{idlePeriodId}"


def of_contract(studio: Studio, contract_id: int) -> Record:
    """Both lists of a contract: two periods at most lie behind it, and one before it."""
    number = studio.place_of(contracts.customer_of(contract_id))
    return {
        "pastIdlePeriods": [
            _period(studio, contract_id, place, -200 * place)
            for place in range(1, (number + 1) % 3 + 1)
        ],
        "currentAndUpcomingIdlePeriods": [
            _period(studio, contract_id, 9, 20) for _ in range((number + 1) % 2)
        ],
    }


def of_customer(studio: Studio, customer_id: int) -> list[Record]:
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
        for contract in contracts.of_customer(studio, customer_id)
        for periods in of_contract(studio, contract["id"]).values()
        for period in periods
    ]


def _period(studio: Studio, contract_id: int, place: int, begins: int) -> Record:
    drawn = sketch(_ENDPOINT, contract_id + place, studio.today)
    period = {
        **drawn,
        "id": 10 * contract_id + place,
        "startDate": moments.shifted(studio.today, begins),
        "endDate": moments.shifted(studio.today, begins + 30),
    }
    if drawn.get("documentUrl"):
        period["documentUrl"] = link(f"idle-periods/{period['id']}.pdf")
    return period
