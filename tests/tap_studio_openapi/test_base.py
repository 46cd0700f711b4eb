"""What holds for all streams: parts that fail alone, and records that fit their schema."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, html_page
from tests.tap_studio_openapi.tenant import KEYS, Tenant, ids, refusal

if TYPE_CHECKING:
    from tests.tap_studio_openapi.conftest import InProcessTap

BALANCES = "customer_account_balances"


def test_every_record_has_the_id_of_its_studio(tenant: Tenant, tap: InProcessTap) -> None:
    run = tap.succeed(tenant.both(), "studio", "employees")
    studios = [record["studio_id"] for record in run.records["studio"]]
    assert studios == [tenant.kiel.id, tenant.luebeck.id]
    for studio in (tenant.kiel, tenant.luebeck):
        expected = [record["id"] for record in studio.employees]
        assert ids(run.records["employees"], studio) == expected


def test_a_missing_scope_stops_its_stream_alone_and_is_named(
    tenant: Tenant, tap: InProcessTap
) -> None:
    scopes = {"STUDIO_READ", "CUSTOMER_READ", "CLASSES_READ"}
    tenant.server.set_key(KEYS["kiel"], tenant.kiel, scopes)
    run = tap.fail(tenant.both(), "employees", "customers", "customer_checkins", "classes")
    assert "employees of kiel" in run.error
    assert "the key lacks the scope EMPLOYEE_READ" in run.error
    assert "the key lacks the scope CHECKIN_READ" in run.error
    assert "2 part(s) of the sync failed" in run.error
    assert ids(run.records["classes"], tenant.kiel)
    assert ids(run.records["customer_checkins"], tenant.luebeck, "checkinId")
    state = run.state["bookmarks"]["customer_checkins"]["partitions"]
    moved = [entry["context"] for entry in state if "replication_key_value" in entry]
    assert moved == [{"studio_id": tenant.luebeck.id}]


def test_a_missing_scope_of_a_stream_that_nobody_has_selected_is_one_warning(
    tenant: Tenant, tap: InProcessTap
) -> None:
    tenant.server.set_key(KEYS["kiel"], tenant.kiel, {"STUDIO_READ", "CUSTOMER_READ"})
    run = tap.succeed(tenant.both())
    assert run.log.count("employees: 1 skipped, studios whose key lacks the scope EMPLOYEE_R") == 1
    assert ids(run.records["employees"], tenant.luebeck)
    assert run.output.bookmark("customer_checkins", studio_id=tenant.luebeck.id)
    state = run.output.state["bookmarks"]["customer_checkins"]["partitions"]
    moved = [entry["context"] for entry in state if "replication_key_value" in entry]
    assert moved == [{"studio_id": tenant.luebeck.id}]


def test_an_endpoint_that_an_older_server_lacks_is_skipped(
    tenant: Tenant, tap: InProcessTap
) -> None:
    tenant.server.version = "1.8.0"
    run = tap.succeed(tenant.both(), "lead_config", "classes")
    assert run.log.count("studios whose server is older than version 1.9") == 1
    assert "lead_config: 2 skipped" in run.log
    assert run.records["lead_config"] == []
    assert run.records["classes"]


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("stream", ["employees", "devices", BALANCES, "customer_contracts"])
def test_a_page_from_in_between_is_a_failure(
    tenant: Tenant, tap: InProcessTap, stream: str, status: int
) -> None:
    path = tenant.path_of(stream)
    tenant.server.faults.add("GET", path, html_page(status, "Blocked"), times=None)
    run = tap.fail(tenant.one(), stream)
    assert f"{stream} of" in run.error
    assert "a page of HTML" in run.error
    assert "scope" not in run.error
    assert run.records[stream] == []


def test_members_who_opted_out_are_skipped_and_counted(tenant: Tenant, tap: InProcessTap) -> None:
    opted_out = {tenant.kiel.id_of(0), tenant.kiel.id_of(3)}
    tenant.kiel.opted_out.update(opted_out)
    run = tap.succeed(tenant.one(), "customers", BALANCES, "customer_checkins")
    read = {record["customer_id"] for record in run.records[BALANCES]}
    assert read == {record["id"] for record in run.records["customers"]} - opted_out
    line = next(line for line in run.log.splitlines() if f"{BALANCES}: 2 skipped" in line)
    assert line.startswith("INFO: ")
    assert "members who have switched off" in line
    assert run.output.bookmark("customer_checkins", studio_id=tenant.kiel.id)


def test_a_customer_who_is_gone_is_skipped(tenant: Tenant, tap: InProcessTap) -> None:
    number = tenant.kiel.id_of(2)
    path = f"/v1/customers/{number}/contracts"
    tenant.server.faults.add("GET", path, refusal(404), times=None)
    run = tap.succeed(tenant.one(), "customers", "customer_contracts")
    assert number in ids(run.records["customers"], tenant.kiel)
    assert number not in ids(run.records["customer_contracts"], tenant.kiel, "customer_id")
    assert "1 skipped, parts that are not there" in run.log


def test_one_customer_that_fails_fails_alone(tenant: Tenant, tap: InProcessTap) -> None:
    number = tenant.kiel.id_of(2)
    path = f"/v1/customers/{number}/account/balances"
    tenant.server.faults.add("GET", path, refusal(500), times=None)
    run = tap.fail(tenant.one(max_retries=0), BALANCES)
    assert f"customer {number}: GET {path} answered 500" in run.error
    assert len(run.records[BALANCES]) == 11


def test_an_endpoint_that_is_not_there_is_left_alone(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.version = "1.4.0"
    run = tap.fail(tenant.one(max_concurrency=1), "customer_documents")
    assert len([r for r in tenant.server.requests if r.path.endswith("/documents")]) == 10
    assert "1 part(s) of the sync failed" in run.error


def test_a_row_without_a_key_is_left_out_and_a_failure(tenant: Tenant, tap: InProcessTap) -> None:
    body = '[{"id": 7, "active": true}, {"name": "Gate", "active": true}]'
    tenant.server.faults.add("GET", "/v1/devices", Answer(200, body))
    run = tap.fail(tenant.one(), "devices")
    assert ids(run.records["devices"], tenant.kiel) == [7]
    assert "1 row(s) have no id, which is their key" in run.error


@pytest.mark.parametrize(
    "body", ["null", "{}", "[1]", '[{"id": ["Marlene"], "active": true}]'], ids=str
)
def test_an_answer_of_another_shape_fails_its_part_without_a_value(
    tenant: Tenant, tap: InProcessTap, body: str
) -> None:
    tenant.server.faults.add("GET", "/v1/devices", Answer(200, body), times=None)
    run = tap.fail(tenant.one(), "devices", "classes")
    assert "1 part(s) of the sync failed" in run.error
    assert "devices of" in run.error
    assert "Marlene" not in run.error
    assert run.records["classes"]


@pytest.mark.parametrize("body", ["{}", '{"message": "Marlene is away"}'], ids=["empty", "other"])
@pytest.mark.parametrize("stream", [BALANCES, "studio_utilization", "contract_idle_periods"])
def test_an_object_without_documented_fields_is_no_record(
    tenant: Tenant, tap: InProcessTap, stream: str, body: str
) -> None:
    tenant.server.faults.add("GET", tenant.path_of(stream), Answer(200, body), times=None)
    run = tap.fail(tenant.one(), stream)
    assert f"{stream} of" in run.error
    assert "Marlene" not in run.error + run.log
    assert run.records[stream] == []


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("1990-01-02", "1990-01-02"),
        ([1990, 1, 2], "1990-01-02"),
        ("", None),
        ("0000-00-00", None),
        ("1990-02-30", None),
    ],
    ids=str,
)
def test_dates_come_out_as_dates_or_not_at_all(
    tenant: Tenant, tap: InProcessTap, value: Any, date: str | None
) -> None:
    tenant.server.extra_fields["/v1/customers"] = {"dateOfBirth": value}
    run = tap.succeed(tenant.one(), "customers")
    assert {record["dateOfBirth"] for record in run.records["customers"]} == {date}


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2022-06-22T08:00:00.000+02:00[Europe/Berlin]", "2022-06-22T08:00:00.000+02:00"),
        ("2022-02-30T08:00:00+01:00", None),
        ("0000-00-00T00:00:00Z", None),
        ("", None),
    ],
)
def test_date_times_come_out_as_date_times_or_not_at_all(
    tenant: Tenant, tap: InProcessTap, value: str, moment: str | None
) -> None:
    tenant.server.extra_fields["/v1/customers"] = {"createdDateTime": value}
    run = tap.succeed(tenant.one(), "customers")
    assert {record["createdDateTime"] for record in run.records["customers"]} == {moment}


def test_a_compressed_answer_that_is_cut_is_a_failure(tenant: Tenant, tap: InProcessTap) -> None:
    rows = [{"id": number, "name": f"Gate {number}", "active": True} for number in range(500)]
    body = gzip.compress(json.dumps(rows).encode())[:-8]
    answer = Answer(200, body, {"Content-Encoding": "gzip"})
    tenant.server.faults.add("GET", "/v1/devices", answer, times=None)
    run = tap.fail(tenant.one(), "devices")
    assert "the compressed body ends before its end" in run.error
    assert run.records["devices"] == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'\xef\xbb\xbf[{"id": 7, "name": "Gate"}]', "Gate"),
        (b'[{"id": 7, "name": "Gate \\ud83d"}]', "Gate ?"),
    ],
    ids=["byte order mark", "half a pair"],
)
def test_text_that_is_slightly_broken_is_read(
    tenant: Tenant, tap: InProcessTap, body: bytes, name: str
) -> None:
    tenant.server.faults.add("GET", "/v1/devices", Answer(200, body))
    (record,) = tap.succeed(tenant.one(), "devices").records["devices"]
    assert record["name"] == name


def test_a_refusal_in_latin_1_is_repeated(tenant: Tenant, tap: InProcessTap) -> None:
    body = '{"errorMessage": "Überlastet"}'.encode("latin-1")
    tenant.server.faults.add("GET", "/v1/devices", Answer(503, body))
    assert tap.succeed(tenant.one(), "devices").records["devices"]


@pytest.mark.parametrize("depth", [990, 100_000])
def test_values_that_are_nested_too_deep_fail_their_part_alone(
    tenant: Tenant, tap: InProcessTap, depth: int
) -> None:
    body = f'[{{"id": 7, "deep": {"[" * depth}{"]" * depth}}}]'
    tenant.server.faults.add("GET", "/v1/devices", Answer(200, body), times=None)
    run = tap.fail(tenant.one(unknown_fields="keep"), "devices", "classes")
    assert "devices of" in run.error
    assert run.records["classes"]


@pytest.mark.parametrize("removed", [True, False], ids=["parent removed", "parent kept"])
def test_children_are_read_where_a_stream_map_removes_their_parent(
    tenant: Tenant, tap: InProcessTap, *, removed: bool
) -> None:
    maps = {"stream_maps": {"customers": None}} if removed else {}
    run = tap.succeed(tenant.one(**maps), "customers", BALANCES, "customer_checkins")
    assert len(run.records[BALANCES]) == 12
    assert run.records["customer_checkins"]
    assert ("customers" in run.records) is not removed


def test_a_catalog_with_keys_in_its_metadata_alone_keeps_them(
    tenant: Tenant, tap: InProcessTap
) -> None:
    entry = tap.discover(tenant.one())["devices"]
    del entry["key_properties"]
    run = tap.succeed(tenant.one(), "devices", catalog={"streams": [entry]})
    assert run.output.schemas["devices"]["key_properties"] == ["studio_id", "id"]


def test_unknown_fields_are_told_once_at_every_depth_and_left_out(
    tenant: Tenant, tap: InProcessTap
) -> None:
    tenant.server.extra_fields["/v1/customers"] = {
        "nickname": "Leni",
        "bankAccount": {"iban": "DE00", "branch": "Kiel"},
    }
    run = tap.succeed(tenant.one(), "customers")
    record = run.records["customers"][0]
    assert "nickname" not in record
    assert record["bankAccount"] == {"iban": "DE00"}
    assert run.log.count("nickname") == 1
    assert run.log.count("bankAccount.branch") == 1


def test_unknown_fields_are_kept_if_wanted(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.extra_fields["/v1/devices"] = {"firmware": "7.1"}
    run = tap.succeed(tenant.one(unknown_fields="keep"), "devices")
    assert run.records["devices"][0]["unknown_fields"] == {"firmware": "7.1"}
