"""Campaigns and everything below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tests.sandbox.gotom.answers import AnswerError, json_answer, not_found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response

    from tests.sandbox.gotom.call import Context
    from tests.sandbox.gotom.data import Campaign, Item

Value = TypeVar("Value")


def campaign(context: Context) -> Response:
    """``GET /campaign/{id}``."""
    return json_answer(_campaign(context).content)


def flight(context: Context) -> Response:
    """``GET /campaign/{id}/flight/{id}``."""
    return json_answer(_flight(context))


def line_item(context: Context) -> Response:
    """``GET /campaign/{id}/flight-lineitemid/{id}``."""
    return json_answer(_of_flight(context, _campaign(context).line_items))


def commission(context: Context) -> Response:
    """``GET /campaign/{id}/flight/{id}/commission``."""
    return json_answer(_of_flight(context, _campaign(context).commissions))


def sublines(context: Context) -> Response:
    """``GET /campaign/{id}/flight/{id}/sublines``, for the members of a marketer network."""
    if not context.instance.marketer_network:
        raise AnswerError(not_found())
    external_id = str(_flight(context)["externalId"])
    return json_answer({"sublines": _campaign(context).sublines.get(external_id, [])})


def discounts(context: Context) -> Response:
    """``GET /campaign/{id}/campaign-discount``."""
    return json_answer({"campaignDiscounts": _campaign(context).discounts})


def flight_discount(context: Context) -> Response:
    """``GET /campaign/{id}/campaign-discount/{id}/flight-discount/{id}``."""
    discount = _by_external_id(_campaign(context).discounts, context.arguments["cDiscountEID"])
    found = _by_external_id(discount["flightDiscounts"], context.arguments["fDiscountEID"])
    return json_answer(found)


def _campaign(context: Context) -> Campaign:
    found = context.instance.data.campaign(context.arguments["campaignExternalId"])
    if found is None:
        raise AnswerError(not_found())
    return found


def _flight(context: Context) -> Item:
    return _by_external_id(_campaign(context).flights, context.arguments["flightExternalId"])


def _of_flight(context: Context, values: Mapping[str, Value]) -> Value:
    """What belongs to the flight; a flight that lacks it is not found either."""
    found = values.get(str(_flight(context)["externalId"]))
    if found is None:
        raise AnswerError(not_found())
    return found


def _by_external_id(items: Iterable[Item], wanted: str) -> Item:
    for item in items:
        if (item.get("externalId") or "").casefold() == wanted.casefold():
            return item
    raise AnswerError(not_found())
