"""What each documented endpoint responds."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from starlette.responses import StreamingResponse

from tests.sandbox.gotom.responses import (
    Call,
    ResponseError,
    build_error_page,
    build_json,
    build_list_page,
    build_not_found,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from tests.sandbox.gotom.data import Campaign, Item
    from tests.sandbox.gotom.reports import Report

Value = TypeVar("Value")


def get_entity(call: Call) -> Response:
    """Return ``GET /primary-keys/{entity}``."""
    name = call.arguments["entity"]
    items = call.instance.data.entities.get(name)
    if items is None:
        error = {"msg": f"'{name}' is no valid entity"}
        return build_json({"error": error}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return build_list_page(call, items)


def get_prices(call: Call) -> Response:
    """Return ``GET /export/price/tarif/{tarifId}``."""
    number, data = int(call.arguments["tarifId"]), call.instance.data
    if data.find_name("tarif", number) is None:
        return build_not_found()
    return build_list_page(call, data.prices.get(number, []))


def get_graph_report(call: Call) -> Response:
    """Return ``GET /graph-export/download/{id}``, which fails for reports of the other kind."""
    number, reports = int(call.arguments["savedReportId"]), call.instance.reports
    if report := reports.get(("graph", number)):
        return _send_report(report)
    is_custom = ("custom", number) in reports
    return build_error_page(HTTPStatus.INTERNAL_SERVER_ERROR if is_custom else HTTPStatus.NOT_FOUND)


def get_custom_report(call: Call) -> Response:
    """Return ``GET /custom-report-export/download/{id}``."""
    number = int(call.arguments["savedReportId"])
    report = call.instance.reports.get(("custom", number))
    return _send_report(report) if report else build_error_page(HTTPStatus.NOT_FOUND)


def get_campaign(call: Call) -> Response:
    """Return ``GET /campaign/{id}``."""
    return build_json(_find_campaign(call).content)


def get_line_item(call: Call) -> Response:
    """Return ``GET /campaign/{id}/flight-lineitemid/{id}``."""
    return build_json(_find_of_flight(call, _find_campaign(call).line_items))


def get_commission(call: Call) -> Response:
    """Return ``GET /campaign/{id}/flight/{id}/commission``."""
    return build_json(_find_of_flight(call, _find_campaign(call).commissions))


def get_sublines(call: Call) -> Response:
    """Return ``GET /campaign/{id}/flight/{id}/sublines``, for members of a marketer network."""
    if not call.instance.marketer_network:
        return build_not_found()
    return build_json({"sublines": _find_of_flight(call, _find_campaign(call).sublines)})


def get_discounts(call: Call) -> Response:
    """Return ``GET /campaign/{id}/campaign-discount``."""
    return build_json({"campaignDiscounts": _find_campaign(call).discounts})


def get_customers(call: Call) -> Response:
    """Return ``GET /customer``."""
    return build_list_page(call, call.instance.data.customers)


def _send_report(report: Report) -> Response:
    return StreamingResponse(report.stream(), headers={"Content-Type": "text/csv;charset=utf-8"})


def _find_campaign(call: Call) -> Campaign:
    found = call.instance.data.find_campaign(call.arguments["campaignExternalId"])
    if found is None:
        raise ResponseError(build_not_found())
    return found


def _find_flight(call: Call) -> Item:
    wanted = call.arguments["flightExternalId"].casefold()
    for item in _find_campaign(call).flights:
        if (item.get("externalId") or "").casefold() == wanted:
            return item
    raise ResponseError(build_not_found())


def _find_of_flight(call: Call, values: Mapping[str, Value]) -> Value:
    """Return what belongs to the flight; a flight that lacks it is not found either."""
    found = values.get(str(_find_flight(call)["externalId"]))
    if found is None:
        raise ResponseError(build_not_found())
    return found


_CAMPAIGN = "/app-api/campaign/{campaignExternalId}"
_FLIGHT = f"{_CAMPAIGN}/flight/{{flightExternalId}}"

ROUTES: dict[str, Callable[[Call], Response]] = {
    "/app-api/graph-export/download/{savedReportId}": get_graph_report,
    "/app-api/custom-report-export/download/{savedReportId}": get_custom_report,
    "/app-api/primary-keys/{entity}": get_entity,
    "/app-api/export/price/tarif/{tarifId}": get_prices,
    _CAMPAIGN: get_campaign,
    f"{_CAMPAIGN}/flight-lineitemid/{{flightExternalId}}": get_line_item,
    f"{_FLIGHT}/commission": get_commission,
    f"{_FLIGHT}/sublines": get_sublines,
    f"{_CAMPAIGN}/campaign-discount": get_discounts,
    "/app-api/customer": get_customers,
}
"""What returns the responses, by path as documented."""
