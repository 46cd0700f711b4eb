"""The studio itself, staff and devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import chunks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.routes.route import Route

ROUTES: Mapping[str, Route] = {
    "GET /v1/studios/information": lambda call: call.studio.information,
    "GET /v1/studios/tags": lambda call: call.studio.tags,
    "GET /v1/studios/utilization": lambda call: call.studio.utilization,
    "GET /v1/employees": lambda call: chunks.cut(call, call.studio.employees),
    "GET /v1/employees/{id}": lambda call: call.one_of(call.studio.employees, "id"),
    "GET /v1/devices": lambda call: call.studio.devices,
    "GET /v1/customers/additional-information-fields": (
        lambda call: call.studio.additional_information_fields
    ),
}
