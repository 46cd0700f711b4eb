"""What holds for all streams: parts that fail alone, and records that fit their schema."""

from __future__ import annotations

import pytest

from tests.sandbox.faults import Answer, html_page
from tests.sandbox.studio_openapi import quirks
from tests.tap_studio_openapi.tenant import KEYS, Tenant, WholeTenant, ids_of, refuse

BALANCES = "customer_account_balances"


def test_every_record_has_the_id_of_its_studio(whole: WholeTenant) -> None:
    studios = [whole.kiel, whole.luebeck]
    ids = [record["studio_id"] for record in whole.records["studio"]]
    assert ids == [studio.id for studio in studios]
    for studio in studios:
        expected = [record["id"] for record in studio.employees]
        assert ids_of(whole.records["employees"], studio) == expected


def test_a_missing_scope_stops_its_stream_alone_and_is_named(tenant: Tenant) -> None:
    scopes = {"STUDIO_READ", "CUSTOMER_READ", "CLASSES_READ"}
    tenant.server.set_key(KEYS["kiel"], tenant.kiel, scopes)
    run = tenant.both.fail("employees", "customers", "customer_checkins", "classes")
    assert "employees of kiel" in run.error
    assert "the key lacks the scope EMPLOYEE_READ" in run.error
    assert "the key lacks the scope CHECKIN_READ" in run.error
    assert "2 part(s) of the sync failed" in run.error
    assert ids_of(run.records["classes"], tenant.kiel)
    assert ids_of(run.records["customer_checkins"], tenant.luebeck, "checkinId")
    state = run.state["bookmarks"]["customer_checkins"]["partitions"]
    moved = [entry["context"] for entry in state if "replication_key_value" in entry]
    assert moved == [{"studio_id": tenant.luebeck.id}]


def test_a_missing_scope_of_a_stream_that_nobody_has_selected_is_one_warning(
    tenant: Tenant,
) -> None:
    tenant.server.set_key(KEYS["kiel"], tenant.kiel, {"STUDIO_READ", "CUSTOMER_READ"})
    run = tenant.both.succeed()
    assert run.log.count("employees: 1 skipped, studios whose key lacks the scope EMPLOYEE_R") == 1
    assert ids_of(run.records["employees"], tenant.luebeck)
    assert run.output.bookmark("customer_checkins", studio_id=tenant.luebeck.id)
    state = run.output.state["bookmarks"]["customer_checkins"]["partitions"]
    moved = [entry["context"] for entry in state if "replication_key_value" in entry]
    assert moved == [{"studio_id": tenant.luebeck.id}]


def test_an_endpoint_that_an_older_server_lacks_is_skipped(tenant: Tenant) -> None:
    tenant.server.version = "1.8.0"
    run = tenant.both.succeed("lead_config", "classes")
    assert run.log.count("studios whose server is older than version 1.9") == 1
    assert "lead_config: 2 skipped" in run.log
    assert run.records["lead_config"] == []
    assert run.records["classes"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_from_in_between_is_a_failure(tenant: Tenant, status: int) -> None:
    streams = ("employees", "devices", BALANCES, "customer_contracts")
    for stream in streams:
        tenant.spoil(tenant.path_of(stream), html_page(status, "Blocked"))
    run = tenant.one.fail(*streams)
    for stream in streams:
        assert f"ERROR: {stream} of" in run.log
        assert run.records[stream] == []
    assert "a page of HTML" in run.error
    assert "scope" not in run.error


def test_members_who_opted_out_are_skipped_and_counted(tenant: Tenant) -> None:
    opted_out = {tenant.kiel.id_of(0), tenant.kiel.id_of(3)}
    tenant.kiel.opted_out.update(opted_out)
    run = tenant.one.succeed("customers", BALANCES, "customer_checkins")
    read = {record["customer_id"] for record in run.records[BALANCES]}
    assert read == {record["id"] for record in run.records["customers"]} - opted_out
    line = next(line for line in run.log.splitlines() if f"{BALANCES}: 2 skipped" in line)
    assert line.startswith("INFO: ")
    assert "members who have switched off" in line
    assert run.output.bookmark("customer_checkins", studio_id=tenant.kiel.id)


def test_a_customer_who_is_gone_is_skipped(tenant: Tenant) -> None:
    number = tenant.kiel.id_of(2)
    path = f"/v1/customers/{number}/contracts"
    tenant.spoil(path, refuse(404))
    run = tenant.one.succeed("customers", "customer_contracts")
    assert number in ids_of(run.records["customers"], tenant.kiel)
    assert number not in ids_of(run.records["customer_contracts"], tenant.kiel, "customer_id")
    assert "1 skipped, parts that are not there" in run.log


@pytest.mark.parametrize("status", [403, 404])
def test_many_refused_customers_in_a_row_are_skipped_where_others_are_read(
    tenant: Tenant, status: int
) -> None:
    refused = {tenant.kiel.add_customer(status="FORMER_MEMBER")["id"] for _ in range(12)}
    for number in refused:
        tenant.spoil(f"/v1/customers/{number}/account/balances", refuse(status))
    run = tenant.one.succeed("customers", BALANCES)
    read = {record["customer_id"] for record in run.records[BALANCES]}
    assert read == {record["id"] for record in run.records["customers"]} - refused
    assert f"{BALANCES}: 12 skipped" in run.log


def test_one_customer_that_fails_fails_alone(tenant: Tenant) -> None:
    number = tenant.kiel.id_of(2)
    path = f"/v1/customers/{number}/account/balances"
    tenant.spoil(path, refuse(500))
    run = tenant.one.fail(BALANCES, max_retries=0)
    assert f"customer {number}: GET {path} answered 500" in run.error
    assert len(run.records[BALANCES]) == 11


def test_an_endpoint_that_is_not_there_is_left_alone(tenant: Tenant) -> None:
    tenant.server.version = "1.4.0"
    run = tenant.one.fail("customer_documents", max_concurrency=1)
    assert len([r for r in tenant.server.requests if r.path.endswith("/documents")]) == 10
    assert "1 part(s) of the sync failed" in run.error


def test_a_row_without_a_key_is_left_out_and_a_failure(tenant: Tenant) -> None:
    body = '[{"id": 7, "active": true}, {"name": "Gate", "active": true}]'
    tenant.spoil("/v1/devices", Answer(200, body), times=1)
    run = tenant.one.fail("devices")
    assert ids_of(run.records["devices"], tenant.kiel) == [7]
    assert "1 row(s) have no id, which is their key" in run.error


@pytest.mark.parametrize("body", ["{}", '[{"id": ["Marlene"], "active": true}]'], ids=str)
def test_a_response_of_another_shape_fails_its_part_without_a_value(
    tenant: Tenant, body: str
) -> None:
    tenant.spoil("/v1/devices", Answer(200, body))
    run = tenant.one.fail("devices", "classes")
    assert "1 part(s) of the sync failed" in run.error
    assert "devices of" in run.error
    assert "Marlene" not in run.error
    assert run.records["classes"]


@pytest.mark.parametrize("body", ["{}", '{"message": "Marlene is away"}'], ids=["empty", "other"])
def test_an_object_without_documented_fields_is_no_record(tenant: Tenant, body: str) -> None:
    streams = (BALANCES, "studio_utilization", "contract_idle_periods")
    for stream in streams:
        tenant.spoil(tenant.path_of(stream), Answer(200, body))
    run = tenant.one.fail(*streams)
    for stream in streams:
        assert f"ERROR: {stream} of" in run.log
        assert run.records[stream] == []
    assert "Marlene" not in run.error + run.log


def test_dates_and_times_come_out_in_forms_that_targets_take(tenant: Tenant) -> None:
    tenant.server.quirks["/v1/customers"] = quirks.ExtraFields(
        dateOfBirth=[1990, 1, 2],
        createdDateTime="2022-06-22T08:00:00.000+02:00[Europe/Berlin]",
    )
    record = tenant.one.succeed("customers").records["customers"][0]
    assert record["dateOfBirth"] == "1990-01-02"
    assert record["createdDateTime"] == "2022-06-22T08:00:00.000+02:00"


def test_unknown_fields_are_kept_if_wanted(tenant: Tenant) -> None:
    tenant.server.quirks["/v1/devices"] = quirks.ExtraFields(firmware="7.1")
    run = tenant.one.succeed("devices", unknown_fields="keep")
    assert run.records["devices"][0]["unknown_fields"] == {"firmware": "7.1"}
