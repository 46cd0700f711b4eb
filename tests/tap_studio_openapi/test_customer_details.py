"""What the API has about one customer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tap_studio_openapi.tenant import ids_of

if TYPE_CHECKING:
    from tests.tap_studio_openapi.conftest import InProcessTap
    from tests.tap_studio_openapi.tenant import Tenant


@pytest.mark.parametrize("stream", ["customer_class_bookings", "customer_appointment_bookings"])
def test_bookings_are_asked_for_by_customer(tenant: Tenant, tap: InProcessTap, stream: str) -> None:
    records = tap.succeed(tenant.one(), stream).records[stream]
    asked = {request.query["customerId"][0] for request in tenant.received(tenant.path_of(stream))}
    assert asked == {str(number) for number in tenant.kiel.customers}
    assert {str(record["customer_id"]) for record in records} <= asked


@pytest.mark.parametrize(
    "stream", ["customer_contact_data", "customer_address_data", "customer_master_data"]
)
def test_each_customer_has_one_record(tenant: Tenant, tap: InProcessTap, stream: str) -> None:
    records = tap.succeed(tenant.one(), stream).records[stream]
    assert sorted(ids_of(records, tenant.kiel, "customer_id")) == sorted(tenant.kiel.customers)
