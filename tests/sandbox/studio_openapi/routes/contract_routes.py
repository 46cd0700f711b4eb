"""What belongs to single contracts, and contracts as self-service has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import problems
from tests.sandbox.studio_openapi.contents import contracts, memberships

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.routes.route import Route

_OF_CONTRACT = "GET /v1/memberships/{contractId}/self-service"
_SWITCHES = "GET /v1/memberships/{customerId}/membership-switch/configs"


def _contract(call: Call) -> Record:
    """The contract asked about.

    Raises:
        ProblemError: There is none, or its customer may not be read.
    """
    number = call.arguments["contractId"]
    guess, kept = contracts.customer_of(number), call.studio.contracts.kept()
    for customer_id in (*kept, guess):
        if customer_id in call.studio.customers:
            for contract in call.studio.contracts.peek(customer_id):
                if contract["id"] == number:
                    call.readable(customer_id)
                    return contract
    call.readable(guess)
    raise problems.not_found()


def _idle_periods(call: Call) -> Record:
    return call.studio.idle_periods.peek(_contract(call)["id"])


def _idle_period(call: Call) -> Record:
    lists = _idle_periods(call)
    return call.one_of([one for periods in lists.values() for one in periods], "idlePeriodId")


def _module_contract(call: Call) -> Record:
    contract = _contract(call)
    found = call.one_of(contract.get("moduleContracts") or [], "additionalModuleContractId")
    return memberships.module_contract(call.studio, contract["id"], found)


def _purchasable(call: Call) -> list[Record]:
    """All modules but the last, which every contract has already."""
    _contract(call)
    return call.studio.additional_modules[:-1]


def _contract_data(call: Call) -> list[Record]:
    found = call.studio.contracts.peek(call.customer_id)
    return [contracts.in_self_service(call.studio, contract) for contract in found]


def _switches(call: Call) -> list[Record]:
    found = memberships.switches(call.studio, call.customer_id)
    return [memberships.summary(one, call.endpoint.record) for one in found]


def _switch(call: Call) -> Record:
    return call.one_of(memberships.switches(call.studio, call.customer_id), "configId")


ROUTES: Mapping[str, Route] = {
    f"{_OF_CONTRACT}/idle-periods": _idle_periods,
    f"{_OF_CONTRACT}/idle-periods/{{idlePeriodId}}": _idle_period,
    f"{_OF_CONTRACT}/idle-periods/config": (
        lambda call: call.studio.idle_period_configs.peek(_contract(call)["id"])
    ),
    f"{_OF_CONTRACT}/idle-periods/remaining": (
        lambda call: call.studio.remaining_idle_periods.peek(_contract(call)["id"])
    ),
    f"{_OF_CONTRACT}/additional-module-contracts/{{additionalModuleContractId}}": _module_contract,
    f"{_OF_CONTRACT}/additional-modules/purchasable": _purchasable,
    "GET /v1/memberships/{customerId}/self-service/contract-data": _contract_data,
    _SWITCHES: _switches,
    f"{_SWITCHES}/{{configId}}": _switch,
}
