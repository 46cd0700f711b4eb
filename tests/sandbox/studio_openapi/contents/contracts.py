"""Contracts, which belong to customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.contents.statuses import MEMBER, PROSPECT
from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import link

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_MOST = 2
"""Contracts that a customer may have."""


def of_customer(studio: Studio, customer_id: int) -> list[Record]:
    """The contracts of a customer: prospects have none, members an active one."""
    status, number = studio.status_of(customer_id), studio.place_of(customer_id)
    if status == PROSPECT:
        return []
    states = ["ACTIVE", "INACTIVE"] if number % 4 == 1 else ["ACTIVE"]
    if status != MEMBER:
        states = ["INACTIVE"]
    return [_contract(studio, customer_id, place, state) for place, state in enumerate(states, 1)]


def ids_of(studio: Studio, customer_id: int) -> list[int]:
    """The ids of these contracts."""
    return [contract["id"] for contract in of_customer(studio, customer_id)]


def customer_of(contract_id: int) -> int:
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
