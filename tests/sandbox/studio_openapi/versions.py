"""What came with which version of the API."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.endpoints import Endpoint

NEWEST_DESCRIBED = "1.11.1"
"""The newest version that is documented with all of its fields."""

_ENDPOINTS_SINCE: Mapping[str, str] = {
    "/v1/appointments/bookable": "1.1.0",
    "/v1/appointments/booking": "1.1.0",
    "/v1/classes/booking": "1.4.8",
    "/v1/classes/slots": "1.7.0",
    "/v1/communications/{customerId}/communication-preferences": "1.4.19",
    "/v1/cross-studio/membership-offers/studios": "1.4.27",
    "/v1/customers/additional-information-fields": "1.4.27",
    "/v1/customers/{customerId}/account/balances": "1.2.1",
    "/v1/customers/{customerId}/account/transactions": "1.2.1",
    "/v1/customers/{customerId}/account/transactions/upcoming": "1.2.1",
    "/v1/customers/{customerId}/activities/checkins": "1.4.2",
    "/v1/customers/{customerId}/documents": "1.4.31",
    "/v1/debt-collection/blocked/debtors": "1.4.19",
    "/v1/debt-collection/blocked/debts": "1.4.19",
    "/v1/debt-collection/configuration": "1.4.21",
    "/v1/devices": "1.4.0",
    "/v1/employees": "1.4.24",
    "/v1/leads/config": "1.9.0",
    "/v1/member-lists": "1.16.0",
    "/v1/memberships/membership-offers": "1.4.30",
    "/v1/memberships/membership-offers/{membershipOfferId}": "1.4.30",
    "/v1/memberships/self-service/additional-modules": "1.4.4",
    "/v1/memberships/{contractId}/self-service/idle-periods/remaining": "1.8.5",
    "/v1/online-offers/purchasable": "1.13.0",
    "/v1/studios/tags": "1.11.0",
    "/v1/trial-offers/bookable-trial-offers/appointments/bookable": "1.4.12",
    "/v1/trial-offers/bookable-trial-offers/classes": "1.4.12",
    "/v1/trial-offers/config/{configId}": "1.4.12",
}
"""Those that are not in every version worth testing."""

_FORMER_MEMBERS_SINCE = "1.12.1"


def is_known(endpoint: Endpoint, version: str) -> bool:
    """Return whether a server of a version has an endpoint."""
    return not _is_before(version, _ENDPOINTS_SINCE.get(endpoint.path, "0"))


@cache
def fit_parameters(endpoint: Endpoint, version: str) -> Endpoint:
    """Return an endpoint with the parameters that it has in a version."""
    if endpoint.name != "GET /v1/customers" or _is_before(version, _FORMER_MEMBERS_SINCE):
        return endpoint
    changed = tuple(
        replace(one, schema={**one.schema, "enum": [*one.schema["enum"], "FORMER_MEMBER"]})
        if one.name == "customerStatus"
        else one
        for one in endpoint.parameters
    )
    return replace(endpoint, parameters=changed)


@cache
def _is_before(version: str, other: str) -> bool:
    numbers = [[int(part) for part in text.split(".")] for text in (version, other)]
    return numbers[0] < numbers[1]
