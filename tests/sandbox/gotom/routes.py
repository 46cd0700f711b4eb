"""What is answered at each documented endpoint, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from tests.sandbox.gotom import users
from tests.sandbox.gotom.answers import AnswerError, json_answer, not_found, page, page_of
from tests.sandbox.gotom.reports import Download

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from tests.sandbox.gotom.call import Context
    from tests.sandbox.gotom.data import Campaign, Item


def entity(context: Context) -> Response:
    """``GET /primary-keys/{entity}``."""
    name = context.arguments["entity"]
    items = context.instance.data.entities.get(name)
    if items is None:
        error = {"msg": f"'{name}' is no valid entity"}
        return json_answer({"error": error}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return page_of(context, items)


def prices(context: Context) -> Response:
    """``GET /export/price/tarif/{tarifId}``."""
    number, data = int(context.arguments["tarifId"]), context.instance.data
    if data.name_of("tarif", number) is None:
        return not_found()
    return page_of(context, data.prices.get(number, []))


def graph_report(context: Context) -> Response:
    """``GET /graph-export/download/{id}``, which breaks down over reports of the other kind."""
    number, reports = _number(context), context.instance.reports
    if report := reports.get(("graph", number)):
        return Download(report)
    known = ("custom", number) in reports
    return page(HTTPStatus.INTERNAL_SERVER_ERROR if known else HTTPStatus.NOT_FOUND)


def custom_report(context: Context) -> Response:
    """``GET /custom-report-export/download/{id}``."""
    report = context.instance.reports.get(("custom", _number(context)))
    return Download(report) if report else page(HTTPStatus.NOT_FOUND)


def _number(context: Context) -> int:
    return int(context.arguments["savedReportId"])


Value = TypeVar("Value")


def campaign(context: Context) -> Response:
    """``GET /campaign/{id}``."""
    return json_answer(_campaign(context).content)


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


def _campaign(context: Context) -> Campaign:
    found = context.instance.data.campaign(context.arguments["campaignExternalId"])
    if found is None:
        raise AnswerError(not_found())
    return found


def _flight(context: Context) -> Item:
    wanted = context.arguments["flightExternalId"].casefold()
    for item in _campaign(context).flights:
        if (item.get("externalId") or "").casefold() == wanted:
            return item
    raise AnswerError(not_found())


def _of_flight(context: Context, values: Mapping[str, Value]) -> Value:
    """What belongs to the flight; a flight that lacks it is not found either."""
    found = values.get(str(_flight(context)["externalId"]))
    if found is None:
        raise AnswerError(not_found())
    return found


def customers(context: Context) -> Response:
    """``GET /customer``."""
    return page_of(context, context.instance.data.customers)


@dataclass(frozen=True)
class Route:
    """One endpoint."""

    handler: Callable[[Context], Response]
    group: str
    """The group of endpoints that a user must have ordered."""


_CAMPAIGN = "/app-api/campaign/{campaignExternalId}"
_FLIGHT = f"{_CAMPAIGN}/flight/{{flightExternalId}}"

ROUTES = {
    "/app-api/graph-export/download/{savedReportId}": Route(graph_report, users.REPORTS),
    "/app-api/custom-report-export/download/{savedReportId}": Route(custom_report, users.REPORTS),
    "/app-api/primary-keys/{entity}": Route(entity, users.LOOKUPS),
    "/app-api/export/price/tarif/{tarifId}": Route(prices, users.PRICES),
    _CAMPAIGN: Route(campaign, users.CAMPAIGNS),
    f"{_CAMPAIGN}/flight-lineitemid/{{flightExternalId}}": Route(line_item, users.CAMPAIGNS),
    f"{_FLIGHT}/commission": Route(commission, users.CAMPAIGNS),
    f"{_FLIGHT}/sublines": Route(sublines, users.CAMPAIGNS),
    f"{_CAMPAIGN}/campaign-discount": Route(discounts, users.CAMPAIGNS),
    "/app-api/customer": Route(customers, users.CUSTOMERS),
}
"""By path, as documented."""
