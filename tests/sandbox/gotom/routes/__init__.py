"""What is answered at each documented endpoint, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.sandbox.gotom import users
from tests.sandbox.gotom.routes import (
    campaign_routes,
    customer_routes,
    list_routes,
    report_routes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from tests.sandbox.gotom.call import Context


@dataclass(frozen=True)
class Route:
    """One endpoint."""

    handler: Callable[[Context], Response]
    group: str
    """The group of endpoints that a user must have ordered."""


_CAMPAIGN = "/app-api/campaign/{campaignExternalId}"
_FLIGHT = f"{_CAMPAIGN}/flight/{{flightExternalId}}"
_DISCOUNT = f"{_CAMPAIGN}/campaign-discount"

ROUTES = {
    "/app-api/graph-export/download/{savedReportId}": Route(
        report_routes.graph_report, users.REPORTS
    ),
    "/app-api/custom-report-export/download/{savedReportId}": Route(
        report_routes.custom_report, users.REPORTS
    ),
    "/app-api/primary-keys/{entity}": Route(list_routes.entity, users.LOOKUPS),
    "/app-api/export/price/tarif/{tarifId}": Route(list_routes.prices, users.PRICES),
    _CAMPAIGN: Route(campaign_routes.campaign, users.CAMPAIGNS),
    _FLIGHT: Route(campaign_routes.flight, users.CAMPAIGNS),
    f"{_CAMPAIGN}/flight-lineitemid/{{flightExternalId}}": Route(
        campaign_routes.line_item, users.CAMPAIGNS
    ),
    f"{_FLIGHT}/commission": Route(campaign_routes.commission, users.CAMPAIGNS),
    f"{_FLIGHT}/sublines": Route(campaign_routes.sublines, users.CAMPAIGNS),
    _DISCOUNT: Route(campaign_routes.discounts, users.CAMPAIGNS),
    f"{_DISCOUNT}/{{cDiscountEID}}/flight-discount/{{fDiscountEID}}": Route(
        campaign_routes.flight_discount, users.CAMPAIGNS
    ),
    "/app-api/customer": Route(customer_routes.customers, users.CUSTOMERS),
    "/app-api/customer/{customerCrmExternalId}": Route(customer_routes.customer, users.CUSTOMERS),
    "/app-api/crm-sync-import-external-crm-id/error-logs/{jobId}": Route(
        customer_routes.import_log, users.CUSTOMERS
    ),
}
"""By path, as documented."""
