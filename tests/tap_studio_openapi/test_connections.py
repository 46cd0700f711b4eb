"""Every key is a part of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.faults import Answer, html_page
from tests.singer import keys_of
from tests.tap_studio_openapi.tenant import KEYS, Tenant, ids

if TYPE_CHECKING:
    from tests.tap_studio_openapi.conftest import InProcessTap


def test_every_record_has_the_id_of_its_studio(tenant: Tenant, tap: InProcessTap) -> None:
    run = tap.succeed(tenant.both(), "studio", "employees")

    assert [record["studio_id"] for record in run.records["studio"]] == [
        tenant.kiel.id,
        tenant.luebeck.id,
    ]
    employees = run.records["employees"]
    assert ids(employees, tenant.kiel) == [record["id"] for record in tenant.kiel.employees]
    assert ids(employees, tenant.luebeck) == [record["id"] for record in tenant.luebeck.employees]


def test_records_of_all_streams_have_keys_of_their_own(tenant: Tenant, tap: InProcessTap) -> None:
    run = tap.succeed(tenant.both(), *tap.discover(tenant.both()))

    for stream in run.records:
        keys = keys_of(run.output, stream)
        assert len(keys) == len(set(keys)), stream


def test_a_wrong_key_ends_its_own_connection_alone(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.remove_key(KEYS["kiel"])

    run = tap.fail(tenant.both(), "studio", "employees", "customers", "customer_checkins")

    assert {record["studio_id"] for record in run.records["employees"]} == {tenant.luebeck.id}
    assert "1 part(s) of the sync failed" in run.log
    assert "kiel: GET /v1/studios/information answered 401" in run.log


def test_a_key_that_ends_in_the_middle_is_not_used_again(tenant: Tenant, tap: InProcessTap) -> None:
    path = f"/v1/customers/{tenant.kiel.id_of(0)}/contracts"
    tenant.server.faults.add("GET", path, Answer(401, '{"errorMessage": "gone"}'))

    run = tap.fail(tenant.both(max_concurrency=1), "customers", "customer_contracts", "employees")

    assert "1 part(s) of the sync failed" in run.log
    assert {asked.headers["x-api-key"] for asked in tenant.received("/v1/employees")} == {
        KEYS["lübeck"]
    }
    assert ids(run.records["employees"], tenant.kiel) == []
    assert len(ids(run.records["customers"], tenant.luebeck)) == 12


def test_a_tenant_that_is_unknown_is_told_with_its_cure(tenant: Tenant, tap: InProcessTap) -> None:
    body = '[{"errorMessage": "No such tenant", "errorCode": "login.tenant.not.exists"}]'
    tenant.server.faults.add("GET", "/v1/studios/information", Answer(404, body))

    run = tap.fail(tenant.one(), "studio")

    assert "No such tenant (login.tenant.not.exists)" in run.log
    assert "Set 'base_url' to the address that came with the key" in run.log


def test_a_page_of_html_is_no_studio(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.faults.add("GET", "/v1/studios/information", html_page(200, "Welcome"))

    run = tap.fail(tenant.one(), "studio")

    assert "That is not the Open API" in run.log


def test_two_keys_of_one_studio_are_told_apart(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.set_key(KEYS["lübeck"], tenant.kiel)

    run = tap.fail(tenant.both(), "customers")

    assert f"lübeck: the key opens studio {tenant.kiel.id}, and so does that of kiel" in run.log
    assert len(run.records["customers"]) == 12


def test_a_missing_scope_stops_its_stream_alone_and_is_named(tenant: Tenant, tap: InProcessTap) -> None:
    scopes = {"STUDIO_READ", "CUSTOMER_READ", "CLASSES_READ"}
    tenant.server.set_key(KEYS["kiel"], tenant.kiel, scopes)

    run = tap.fail(tenant.both(), "employees", "customers", "customer_checkins", "classes")

    assert "employees of kiel" in run.log
    assert "the key lacks the scope EMPLOYEE_READ" in run.log
    assert "the key lacks the scope CHECKIN_READ" in run.log
    assert "2 part(s) of the sync failed" in run.log
    assert ids(run.records["classes"], tenant.kiel)
    assert ids(run.records["customer_checkins"], tenant.luebeck, "checkinId")
    state = run.state["bookmarks"]["customer_checkins"]["partitions"]
    moved = [entry["context"] for entry in state if "replication_key_value" in entry]
    assert moved == [{"studio_id": tenant.luebeck.id}]


def test_keys_appear_nowhere(tenant: Tenant, tap: InProcessTap) -> None:
    echo = f'{{"errorMessage": "The key {KEYS["kiel"]} is not known"}}'
    tenant.server.faults.add("GET", "/v1/employees", Answer(403, echo))
    tenant.server.faults.add("GET", "/v1/classes", Answer(409, echo))

    run = tap.fail(tenant.one(), "employees", "classes")

    assert "The key *** is not known" in run.log
    assert "sentinel" not in run.log + str(run.output)


def test_the_key_check_says_which_key_is_good(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.remove_key(KEYS["lübeck"])

    checked = tap.run_with("--test", settings=tenant.both())

    assert checked.returncode != 0
    assert "kiel: the key is good." in checked.stderr
    assert "lübeck: HEAD /v1/studios/information answered 401" in checked.stderr
    assert [request.method for request in tenant.server.requests] == ["HEAD", "HEAD"]
    assert "sentinel" not in checked.stderr
