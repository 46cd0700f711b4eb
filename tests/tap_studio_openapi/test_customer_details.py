"""What the API has about one customer at a time."""

from __future__ import annotations

from tests.tap_studio_openapi.tenant import Tenant, ids_of


def test_bookings_are_asked_for_by_customer(tenant: Tenant) -> None:
    streams = ("customer_class_bookings", "customer_appointment_bookings")
    records = tenant.one.succeed(*streams).records
    for stream in streams:
        received = tenant.received(tenant.path_of(stream))
        asked = {request.query["customerId"][0] for request in received}
        assert asked == {str(number) for number in tenant.kiel.customers}
        assert {str(record["customer_id"]) for record in records[stream]} <= asked


def test_each_customer_has_one_record(tenant: Tenant) -> None:
    streams = ("customer_contact_data", "customer_address_data", "customer_master_data")
    records = tenant.one.succeed(*streams).records
    for stream in streams:
        found = ids_of(records[stream], tenant.kiel, "customer_id")
        assert sorted(found) == sorted(tenant.kiel.customers)
