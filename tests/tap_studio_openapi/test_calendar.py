"""Classes and appointments of the coming days, in windows that overlap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.tap_studio_openapi.tenant import Tenant, ids_of, refuse


def find_coming(tenant: Tenant) -> set[int]:
    """Return the slots of the days that are surely to come, and not more than fourteen ahead."""
    today = datetime.now(UTC).date()
    days = {(today + timedelta(number)).isoformat() for number in range(1, 14)}
    slots = tenant.kiel.class_slots
    return {slot["id"] for slot in slots if slot["startDateTime"][:10] in days}


@pytest.mark.parametrize("included", [True, False])
def test_slots_of_all_days_come_once_whatever_a_window_includes(
    tenant: Tenant, *, included: bool
) -> None:
    tenant.server.last_day_included = included

    found = ids_of(tenant.one.succeed("class_slots").records["class_slots"], tenant.kiel)

    assert len(found) == len(set(found))
    assert find_coming(tenant) <= set(found)


def test_old_servers_are_asked_class_by_class(tenant: Tenant) -> None:
    tenant.server.version = "1.6.0"

    found = ids_of(tenant.one.succeed("class_slots").records["class_slots"], tenant.kiel)

    assert find_coming(tenant) <= set(found)
    assert len(tenant.received("/v1/classes/slots")) == 1


def test_a_studio_where_it_is_tomorrow_is_asked_from_there(tenant: Tenant) -> None:
    tenant.server.faults.add("GET", "/v1/classes/slots", refuse(400))

    run = tenant.one.succeed("class_slots")

    days = [one.query["slotWindowStartDate"][0] for one in tenant.received("/v1/classes/slots")]
    assert date.fromisoformat(days[1]) - date.fromisoformat(days[0]) == timedelta(1)
    assert run.records["class_slots"]


def test_studios_that_take_short_windows_get_them(tenant: Tenant) -> None:
    path = "/v1/appointments/bookable/*/slots"
    tenant.server.faults.add(
        "GET",
        path,
        refuse(400),
        times=None,
        when=lambda request: request.query["daysAhead"] != ["1"],
    )

    run = tenant.one.succeed("bookable_appointment_slots", class_slot_days=3)

    slots = run.records["bookable_appointment_slots"]
    known = {appointment["id"] for appointment in tenant.kiel.bookable_appointments}
    assert {slot["bookable_appointment_id"] for slot in slots} == known


@pytest.mark.parametrize("days", [0, 6, 14])
def test_windows_reach_as_far_as_the_settings_say(tenant: Tenant, days: int) -> None:
    tenant.one.succeed("class_slots", class_slot_days=days)

    asked = [one.query for one in tenant.received("/v1/classes/slots")]
    first = date.fromisoformat(asked[0]["slotWindowStartDate"][0])
    last = max(
        date.fromisoformat(one["slotWindowStartDate"][0]) + timedelta(int(one["daysAhead"][0]))
        for one in asked
    )
    assert last - first == timedelta(days)
    assert all(int(one["daysAhead"][0]) <= 6 for one in asked)
