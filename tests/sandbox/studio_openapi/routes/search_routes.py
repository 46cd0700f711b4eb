"""Customers by something else than their ids, in one studio or in all of the tenant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import problems
from tests.sandbox.studio_openapi.contents import debt_collection, self_service
from tests.sandbox.studio_openapi.routes.belonging_routes import benefits
from tests.sandbox.studio_openapi.routes.customer_routes import checkins, contracts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.routes.route import Route

_MEDIUMS = {"cardNumber": "CARD_NUMBER", "barcode": "BARCODE", "pin": "PIN"}
_IDENTIFIERS = (*_MEDIUMS, "customerNumber", "debtorId", "qrCodeUuid")


def _by_identifier(call: Call) -> int:
    """The customer that the one identifier of a request belongs to.

    Raises:
        ProblemError: There is not exactly one, or nobody has it.
    """
    given = {name: call.arguments.get(name) for name in _IDENTIFIERS if call.arguments.get(name)}
    if len(given) != 1:
        raise problems.invalid("identifier", problems.NOT_ONE_IDENTIFIER)
    (name, value), studio = given.popitem(), call.studio
    for number in studio.customers:
        customer = studio.customers.peek(number)
        if name in _MEDIUMS:
            mediums = customer.get("accessMediums") or []
            matches = (_MEDIUMS[name], value) in [(one["type"], one["value"]) for one in mediums]
        elif name == "debtorId":
            matches = value == debt_collection.debtor_id(studio.place_of(number))
        else:
            matches = value == customer.get("uuid" if name == "qrCodeUuid" else name)
        if matches:
            return call.readable(number)
    raise problems.not_found()


def _search(call: Call) -> list[Record]:
    """The customers who agree with everything that is given; names may be shortened."""
    wanted = {name: str(call.arguments[name]) for name in _SEARCHED if name in call.arguments}
    studio = call.studio
    customers = (
        studio.customers.peek(one) for one in studio.customers if one not in studio.opted_out
    )
    return [
        customer
        for customer in customers
        if all(_agrees(customer, name, value) for name, value in wanted.items())
    ]


_SEARCHED = ("firstName", "lastName", "email", "dateOfBirth")


def _agrees(customer: Record, name: str, value: str) -> bool:
    known = str(customer.get(name) or "").casefold()
    if name.endswith("Name"):
        return known.startswith(value.casefold())
    return known == value.casefold()


def _customer(call: Call) -> Record:
    return call.studio.customers.peek(call.customer_id)


def _customer_by(call: Call) -> Record:
    return call.studio.customers.peek(_by_identifier(call))


def _anywhere(route: Callable[[Call], Record]) -> Route:
    """The first studio of the tenant that knows the customer answers."""

    def answer(call: Call) -> Record:
        for studio in call.tenant.studios:
            try:
                return route(replace(call, studio=studio))
            except problems.ProblemError as problem:
                if problem.code not in {problems.NOT_FOUND, problems.NO_PERMISSION}:
                    raise
        raise problems.not_found()

    return answer


def _search_everywhere(call: Call) -> list[Record]:
    calls = (replace(call, studio=studio) for studio in call.tenant.studios)
    return [customer for one in calls for customer in _search(one)]


def _studios_with_offers(call: Call) -> list[Record]:
    names = call.endpoint.record["properties"]
    return [
        {name: studio.information[name] for name in names if name in studio.information}
        for studio in call.tenant.studios
        if studio.membership_offers
    ]


ROUTES: Mapping[str, Route] = {
    "GET /v1/customers/by": _customer_by,
    "GET /v1/customers/benefits": lambda call: benefits(call, _by_identifier(call)),
    "GET /v1/customers/contracts/by": lambda call: contracts(call, _by_identifier(call)),
    "GET /v1/customers/measurement/latest": (
        lambda call: self_service.measurement(call.studio, _by_identifier(call))
    ),
    "POST /v1/customers/search": _search,
    "GET /v1/cross-studio/customers/by": _anywhere(_customer_by),
    "GET /v1/cross-studio/customers/{customerId}": _anywhere(_customer),
    "GET /v1/cross-studio/customers/{customerId}/activities/checkins": _anywhere(checkins),
    "POST /v1/cross-studio/customers/search": _search_everywhere,
    "GET /v1/cross-studio/membership-offers/studios": _studios_with_offers,
}
