"""What came with which version of the API, and what older servers do instead."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

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

_FIELDS_SINCE: Mapping[str, Mapping[str, str]] = {
    "/v1/classes": {"cancelCondition": "1.9.0"},
    "/v1/classes/{classId}/slots": {"classInformation": "1.8.3"},
    "/v1/customers": {"createdDateTime": "1.10.0"},
    "/v1/customers/{customerId}": {"createdDateTime": "1.10.0"},
    "/v1/customers/{customerId}/contracts": {"priceDetails": "1.4.17", "rateCodes": "1.7.0"},
    "/v1/studios/information": {"openingHoursCategories": "1.7.0"},
}
"""Fields of records that are younger than their endpoint."""

_FORMER_MEMBERS_SINCE = "1.12.1"
_TIMES_AS_TEXT_SINCE = "1.11.0"
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)")


def known(endpoint: Endpoint, version: str) -> bool:
    """Whether a server of a version has an endpoint."""
    return not _before(version, _ENDPOINTS_SINCE.get(endpoint.path, "0"))


@cache
def fitted(endpoint: Endpoint, version: str) -> Endpoint:
    """An endpoint with the parameters that it has in a version."""
    if endpoint.name != "GET /v1/customers" or _before(version, _FORMER_MEMBERS_SINCE):
        return endpoint
    changed = tuple(
        replace(one, schema={**one.schema, "enum": [*one.schema["enum"], "FORMER_MEMBER"]})
        if one.name == "customerStatus"
        else one
        for one in endpoint.parameters
    )
    return replace(endpoint, parameters=changed)


def shown(endpoint: Endpoint, content: Any, version: str) -> Any:
    """The content of an answer as servers of a version give it."""
    if missing := _missing_fields(endpoint.path, version):
        content = _without(content, missing)
    if endpoint.path == "/v1/studios/information" and _before(version, _TIMES_AS_TEXT_SINCE):
        content = _with_times_as_objects(content)
    return content


@cache
def _missing_fields(path: str, version: str) -> frozenset[str]:
    fields = _FIELDS_SINCE.get(path, {})
    return frozenset(name for name, since in fields.items() if _before(version, since))


def _without(content: Any, names: frozenset[str]) -> Any:
    match content:
        case list():
            return [_without(record, names) for record in content]
        case {"result": result}:
            return {**content, "result": _without(result, names)}
    return {name: value for name, value in content.items() if name not in names}


def _with_times_as_objects(content: Any) -> Any:
    match content:
        case dict():
            return {name: _with_times_as_objects(value) for name, value in content.items()}
        case list():
            return [_with_times_as_objects(value) for value in content]
        case str() if time := _TIME.fullmatch(content):
            hour, minute, second = map(int, time.groups())
            return {"hour": hour, "minute": minute, "second": second, "nano": 0}
    return content


@cache
def _before(version: str, other: str) -> bool:
    numbers = [[int(part) for part in text.split(".")] for text in (version, other)]
    return numbers[0] < numbers[1]
