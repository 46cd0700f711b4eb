"""What a studio sells, and what may become of contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi.contents import contracts, premises
from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.endpoints import Schema
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_OF_CONTRACT = "GET /v1/memberships/{contractId}/self-service"
_SWITCHES = "GET /v1/memberships/{customerId}/membership-switch/configs"


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


def offers(studio: Studio) -> list[Record]:
    """The offers with all details; terms are promised where there are fewer."""
    endpoint = "GET /v1/memberships/membership-offers/{membershipOfferId}"
    found = premises.records(studio, endpoint, range(601, 605))
    return [{**offer, "terms": offer.get("terms") or []} for offer in found]


def cancelation_reasons() -> list[Record]:
    """Why contracts may be cancelled."""
    names = ("Umzug", "Krankheit", "Zu teuer 💸")
    return [
        {"cancelationReasonId": number, "cancelationReasonName": name}
        for number, name in enumerate(names, 61)
    ]


def idle_period_config(studio: Studio, contract_id: int) -> Record:
    """The rules for idle periods of a contract."""
    return sketch(f"{_OF_CONTRACT}/idle-periods/config", _place(studio, contract_id), studio.today)


def remaining_idle_periods(studio: Studio, contract_id: int) -> Record:
    """How many idle periods a contract may still have."""
    return sketch(
        f"{_OF_CONTRACT}/idle-periods/remaining", _place(studio, contract_id), studio.today
    )


def module_contract(studio: Studio, contract_id: int, module_contract: Record) -> Record:
    """A module contract of a contract, which has no id of its own here."""
    endpoint = f"{_OF_CONTRACT}/additional-module-contracts/{{additionalModuleContractId}}"
    agreeing = {"name": module_contract["rateName"], "startDate": module_contract["startDate"]}
    return {**sketch(endpoint, _place(studio, contract_id), studio.today), **agreeing}


def switches(studio: Studio, customer_id: int) -> list[Record]:
    """What a customer may switch to; every other one has no choice."""
    number = studio.place_of(customer_id)
    if number % 2:
        return []
    sources = [
        {"id": contract["id"], "rateName": contract["rateName"]}
        for contract in contracts.of_customer(studio, customer_id)
    ]
    drawn = sketch(f"{_SWITCHES}/{{configId}}", number, studio.today)
    return [{**drawn, "id": 801, "sourceContracts": sources}]


def _place(studio: Studio, contract_id: int) -> int:
    return studio.place_of(contracts.customer_of(contract_id))
