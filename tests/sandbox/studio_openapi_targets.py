"""Requests to every endpoint of the sandbox's Open API that have an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.sandbox.studio_openapi import Studio
    from tests.sandbox.studio_openapi.endpoints import Endpoint

Variables = dict[str, int]

_LOOKUPS = ("/by", "/customers/benefits", "/measurement/latest")


def targets(endpoint: Endpoint, studio: Studio) -> Iterator[str]:
    """Targets below ``/v1``, for everything that the studio has there."""
    path = endpoint.path.removeprefix("/v1")
    find = _FINDERS.get(path) or _FINDERS["/".join(re.findall(r"\{\w+\}", path))]
    for variables in find(studio):
        for query in _queries(endpoint, studio):
            yield path.format(**variables) + query


def _queries(endpoint: Endpoint, studio: Studio) -> list[str]:
    """What is asked beside the path, with slices as large as may be."""
    names = {parameter.name: parameter.schema for parameter in endpoint.parameters}
    if "sliceSize" in names:
        return [f"?sliceSize={names['sliceSize']['maximum']}"]
    if endpoint.path.endswith("/booking"):
        return [f"?customerId={number}" for number in studio.customers]
    if endpoint.path == "/v1/debt-collection/cases":
        return ["?" + "&".join(f"debtorId=D-{1000 + number}" for number in range(12))]
    if endpoint.path.endswith(_LOOKUPS):
        cards = (studio.customers.peek(number).get("cardNumbers") for number in studio.customers)
        return [f"?cardNumber={card}" for numbers in cards for card in numbers or []]
    return [""]


def _customers(studio: Studio) -> Iterator[Variables]:
    for number in studio.customers:
        yield {"customerId": number}


def _documents(studio: Studio) -> Iterator[Variables]:
    for number in studio.customers:
        for document in studio.documents.peek(number)[:1]:
            yield {"customerId": number, "id": document["id"]}


def _switches(studio: Studio) -> Iterator[Variables]:
    for place in (0, 2, 4):
        yield {"customerId": studio.id_of(place), "configId": 801}


def _contracts(studio: Studio) -> Iterator[Variables]:
    for number in studio.customers:
        for contract in studio.contracts.peek(number):
            yield {"contractId": contract["id"]}


def _idle_periods(studio: Studio) -> Iterator[Variables]:
    for variables in _contracts(studio):
        for period in studio.idle_periods.peek(variables["contractId"])["pastIdlePeriods"]:
            yield {**variables, "idlePeriodId": period["id"]}


def _module_contracts(studio: Studio) -> Iterator[Variables]:
    for number in studio.customers:
        for contract in studio.contracts.peek(number):
            for module in contract.get("moduleContracts") or []:
                yield {"contractId": contract["id"], "additionalModuleContractId": module["id"]}


def _class_slots(studio: Studio) -> Iterator[Variables]:
    for slot in studio.class_slots:
        if slot["startDateTime"].startswith(studio.today.isoformat()):
            yield {"classId": slot["classInformation"]["id"], "classSlotId": slot["id"]}


def _known(name: str, *numbers: int) -> Callable[[Studio], Iterator[Variables]]:
    """Ids that are the same in all studios."""

    def find(studio: Studio) -> Iterator[Variables]:  # noqa: ARG001
        yield from ({name: number} for number in numbers)

    return find


def _bookings(belongings: str) -> Callable[[Studio], Iterator[Variables]]:
    """Bookings of classes or of appointments, the variable parts of which have the same name."""

    def find(studio: Studio) -> Iterator[Variables]:
        for number in studio.customers:
            for booking in getattr(studio, belongings).peek(number):
                yield {"bookingId": booking["bookingId"]}

    return find


def _nothing(studio: Studio) -> Iterator[Variables]:  # noqa: ARG001
    yield {}


_FINDERS: Mapping[str, Callable[[Studio], Iterator[Variables]]] = {
    "": _nothing,
    "{customerId}": _customers,
    "{customerId}/{id}": _documents,
    "{customerId}/{configId}": _switches,
    "{contractId}": _contracts,
    "{contractId}/{idlePeriodId}": _idle_periods,
    "{contractId}/{additionalModuleContractId}": _module_contracts,
    "{classId}/{classSlotId}": _class_slots,
    "/classes/booking/{bookingId}": _bookings("class_bookings"),
    "/appointments/booking/{bookingId}": _bookings("appointment_bookings"),
    "{id}": _known("id", 8123, 8124, 8125),
    "{bookableAppointmentId}": _known("bookableAppointmentId", 201, 202),
    "{classId}": _known("classId", 4107, 4108),
    "{configId}": _known("configId", 301, 302),
    "{debtCollectionRunId}": _known("debtCollectionRunId", 7001, 7002),
    "{exportId}": _known("exportId", 9001, 9002),
    "{membershipOfferId}": _known("membershipOfferId", 601, 602, 603, 604),
}
"""By paths, or by their variable parts alone."""
