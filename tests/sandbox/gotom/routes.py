"""What each documented endpoint responds, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from tests.sandbox.gotom import users
from tests.sandbox.gotom.reports import Download
from tests.sandbox.gotom.responses import (
    ResponseError,
    build_error_page,
    build_json,
    build_list_page,
    build_not_found,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from tests.sandbox.gotom.call import Context
    from tests.sandbox.gotom.data import Campaign, Item

Value = TypeVar("Value")


def get_entity(context: Context) -> Response:
    """Return ``GET /primary-keys/{entity}``."""
    name = context.arguments["entity"]
    items = context.instance.data.entities.get(name)
    if items is None:
        error = {"msg": f"'{name}' is no valid entity"}
        return build_json({"error": error}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return build_list_page(context, items)


def get_prices(context: Context) -> Response:
    """Return ``GET /export/price/tarif/{tarifId}``."""
    number, data = int(context.arguments["tarifId"]), context.instance.data
    if data.find_name("tarif", number) is None:
        return build_not_found()
    return build_list_page(context, data.prices.get(number, []))


def get_graph_report(context: Context) -> Response:
    """Return ``GET /graph-export/download/{id}``, which fails for reports of the other kind."""
    number, reports = int(context.arguments["savedReportId"]), context.instance.reports
    if report := reports.get(("graph", number)):
        return Download(report)
    is_custom = ("custom", number) in reports
    return build_error_page(HTTPStatus.INTERNAL_SERVER_ERROR if is_custom else HTTPStatus.NOT_FOUND)


def get_custom_report(context: Context) -> Response:
    """Return ``GET /custom-report-export/download/{id}``."""
    number = int(context.arguments["savedReportId"])
    report = context.instance.reports.get(("custom", number))
    return Download(report) if report else build_error_page(HTTPStatus.NOT_FOUND)


def get_campaign(context: Context) -> Response:
    """Return ``GET /campaign/{id}``."""
    return build_json(_find_campaign(context).content)


def get_line_item(context: Context) -> Response:
    """Return ``GET /campaign/{id}/flight-lineitemid/{id}``."""
    return build_json(_find_of_flight(context, _find_campaign(context).line_items))


def get_commission(context: Context) -> Response:
    """Return ``GET /campaign/{id}/flight/{id}/commission``."""
    return build_json(_find_of_flight(context, _find_campaign(context).commissions))


def get_sublines(context: Context) -> Response:
    """Return ``GET /campaign/{id}/flight/{id}/sublines``, for members of a marketer network."""
    if not context.instance.marketer_network:
        return build_not_found()
    return build_json({"sublines": _find_of_flight(context, _find_campaign(context).sublines)})


def get_discounts(context: Context) -> Response:
    """Return ``GET /campaign/{id}/campaign-discount``."""
    return build_json({"campaignDiscounts": _find_campaign(context).discounts})


def get_customers(context: Context) -> Response:
    """Return ``GET /customer``."""
    return build_list_page(context, context.instance.data.customers)


def _find_campaign(context: Context) -> Campaign:
    found = context.instance.data.find_campaign(context.arguments["campaignExternalId"])
    if found is None:
        raise ResponseError(build_not_found())
    return found


def _find_flight(context: Context) -> Item:
    wanted = context.arguments["flightExternalId"].casefold()
    for item in _find_campaign(context).flights:
        if (item.get("externalId") or "").casefold() == wanted:
            return item
    raise ResponseError(build_not_found())


def _find_of_flight(context: Context, values: Mapping[str, Value]) -> Value:
    """Return what belongs to the flight; a flight that lacks it is not found either."""
    found = values.get(str(_find_flight(context)["externalId"]))
    if found is None:
        raise ResponseError(build_not_found())
    return found


@dataclass(frozen=True)
class Route:
    """One endpoint.

    Attributes:
        handler: Returns its response.
        group: The group of endpoints that a user must have ordered.
    """

    handler: Callable[[Context], Response]
    group: str


_CAMPAIGN = "/app-api/campaign/{campaignExternalId}"
_FLIGHT = f"{_CAMPAIGN}/flight/{{flightExternalId}}"
_CUSTOM_REPORT = "/app-api/custom-report-export/download/{savedReportId}"

ROUTES = {
    "/app-api/graph-export/download/{savedReportId}": Route(get_graph_report, users.REPORTS),
    _CUSTOM_REPORT: Route(get_custom_report, users.REPORTS),
    "/app-api/primary-keys/{entity}": Route(get_entity, users.LOOKUPS),
    "/app-api/export/price/tarif/{tarifId}": Route(get_prices, users.PRICES),
    _CAMPAIGN: Route(get_campaign, users.CAMPAIGNS),
    f"{_CAMPAIGN}/flight-lineitemid/{{flightExternalId}}": Route(get_line_item, users.CAMPAIGNS),
    f"{_FLIGHT}/commission": Route(get_commission, users.CAMPAIGNS),
    f"{_FLIGHT}/sublines": Route(get_sublines, users.CAMPAIGNS),
    f"{_CAMPAIGN}/campaign-discount": Route(get_discounts, users.CAMPAIGNS),
    "/app-api/customer": Route(get_customers, users.CUSTOMERS),
}
"""By path, as documented."""
