"""The studio itself, and its debt collection runs, which only the settings can name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.studio_openapi import demonstration
from tests.tap_studio_openapi.tenant import Tenant, WholeTenant, discover, refuse


def test_studios_are_asked_for_once_and_name_their_tags(whole: WholeTenant) -> None:
    studios = whole.records["studio"]
    assert [one["studioId"] for one in studios] == [one["studio_id"] for one in studios]
    assert len(whole.received("/v1/studios/information")) == len(studios) == 2
    tags = whole.records["studio_tags"]
    assert {tag["studio_name"] for tag in tags} == {one["name"] for one in studios}


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


@pytest.mark.parametrize("status", [403, 404])
def test_runs_of_the_settings_are_read_and_those_of_other_studios_skipped(
    tenant: Tenant, status: int
) -> None:
    run_id = demonstration.DEBT_COLLECTION_RUNS[0]
    elsewhere = range(1, 13)
    for number in elsewhere:
        tenant.spoil(f"/v1/debt-collection/{number}/*", refuse(status))

    run = tenant.one.succeed(
        "debt_collection_debtors",
        "debt_collection_transfer_details",
        debt_collection_run_ids=[*elsewhere, run_id],
        max_concurrency=1,
    )

    debtors = run.records["debt_collection_debtors"]
    assert {record["debt_collection_run_id"] for record in debtors} == {run_id}
    assert {record["debtorId"] for record in debtors} == {f"D-{1000 + n}" for n in range(60)}
    (details,) = run.records["debt_collection_transfer_details"]
    assert details["debt_collection_run_id"] == run_id
    assert "debt_collection_debtors: 12 skipped" in run.log
