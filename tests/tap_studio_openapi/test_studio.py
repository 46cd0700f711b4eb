"""The studio itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.tap_studio_openapi.tenant import Tenant, discover


def test_the_studio_is_asked_for_once_and_names_its_tags(tenant: Tenant) -> None:
    run = tenant.one.succeed("studio", "studio_tags")
    (record,) = run.records["studio"]
    assert record["studio_id"] == record["studioId"] == tenant.kiel.id
    assert len(tenant.received("/v1/studios/information")) == 1
    assert {tag["studio_name"] for tag in run.records["studio_tags"]} == {record["name"]}


def test_utilization_says_when_it_was_asked_for(tenant: Tenant) -> None:
    (record,) = tenant.one.succeed("studio_utilization").records["studio_utilization"]
    age = datetime.now(UTC) - datetime.fromisoformat(record["extracted_at"])
    assert timedelta() <= age < timedelta(minutes=1)


def test_the_time_is_that_of_the_server(tenant: Tenant) -> None:
    tenant.set_clock(datetime.now(UTC) - timedelta(400))
    records = tenant.one.succeed("studio_utilization", "class_slots").records
    (record,) = records["studio_utilization"]
    age = datetime.now(UTC) - datetime.fromisoformat(record["extracted_at"])
    assert timedelta(400) <= age < timedelta(400, minutes=1)
    first = tenant.received("/v1/classes/slots")[0].query["slotWindowStartDate"]
    assert first == [(datetime.now(UTC) - timedelta(400)).date().isoformat()]


@pytest.mark.parametrize("personal", [True, False])
def test_every_stream_has_a_property_outside_its_key(*, personal: bool) -> None:
    entries = discover(unknown_fields="fail", include_personal_data=personal)
    for name, entry in entries.items():
        assert set(entry["schema"]["properties"]) > set(entry["key_properties"]), name


def test_times_of_older_servers_come_out_as_text(tenant: Tenant) -> None:
    time = {"hour": 6, "minute": 30, "second": 0, "nano": 0}
    tenant.kiel.information["openingHours"] = [{"timeFrom": time}]
    (record,) = tenant.one.succeed("studio").records["studio"]
    assert record["openingHours"][0]["timeFrom"] == "06:30:00"
