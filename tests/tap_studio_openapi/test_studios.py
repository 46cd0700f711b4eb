"""Every key opens one studio, and is a part of its own."""

from __future__ import annotations

import pytest

from singer_tapkit.failures import SyncFailedError
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.sandbox.faults import Answer, html_page
from tests.tap_studio_openapi.tenant import KEYS, Tenant, ids_of, refuse

PATH = "/v1/studios/information"


def test_a_wrong_key_ends_its_own_connection_alone(tenant: Tenant) -> None:
    tenant.server.remove_key(KEYS["kiel"])
    run = tenant.both.fail("studio", "employees", "customers", "customer_checkins")
    assert {record["studio_id"] for record in run.records["employees"]} == {tenant.luebeck.id}
    assert "1 part(s) of the sync failed" in run.error
    assert "kiel: GET /v1/studios/information answered 401" in run.error


@pytest.mark.parametrize("only_check", [True, False], ids=["--test", "sync"])
def test_a_key_without_the_scope_for_its_studio_names_it(
    tenant: Tenant, *, only_check: bool
) -> None:
    tenant.server.set_key(KEYS["kiel"], tenant.kiel, {"CUSTOMER_READ"})
    started = TapStudioOpenApi(config=tenant.one(customer_statuses=["MEMBER"]))
    with pytest.raises(SyncFailedError, match="the key lacks the scope STUDIO_READ"):
        started.check_connection() if only_check else started.run()


def test_a_key_that_ends_in_the_middle_is_not_used_again(tenant: Tenant) -> None:
    path = f"/v1/customers/{tenant.kiel.id_of(0)}/contracts"
    tenant.server.faults.add("GET", path, refuse(401))
    run = tenant.both.fail("customers", "customer_contracts", "employees", max_concurrency=1)
    assert "1 part(s) of the sync failed" in run.error
    used = {request.headers["x-api-key"] for request in tenant.received("/v1/employees")}
    assert used == {KEYS["lübeck"]}
    assert ids_of(run.records["employees"], tenant.kiel) == []
    assert len(ids_of(run.records["customers"], tenant.luebeck)) == 12


@pytest.mark.parametrize("code", ["login.tenant.not.exists", "errormessage.not.found"])
def test_an_unknown_tenant_is_named_with_what_to_do(tenant: Tenant, code: str) -> None:
    tenant.server.faults.add("GET", PATH, refuse(404, code))
    run = tenant.one.fail("studio")
    assert f"({code})" in run.error
    assert "Set 'base_url' to the address that came with the key" in run.error


@pytest.mark.parametrize(
    "answer",
    [
        html_page(200, "Welcome"),
        Answer(200, "{}"),
        Answer(200, '{"studioId": ["Marlene"]}'),
    ],
    ids=["page", "nothing", "other type"],
)
def test_a_response_that_names_no_studio_fails_its_key(tenant: Tenant, answer: Answer) -> None:
    tenant.server.faults.add("GET", PATH, answer, times=None)
    run = tenant.one.fail("studio")
    assert f"GET {PATH} answered 200" in run.error
    assert "That is not the Open API" in run.error
    assert "Marlene" not in run.error


def test_two_keys_of_one_studio_are_a_failure(tenant: Tenant) -> None:
    tenant.server.set_key(KEYS["lübeck"], tenant.kiel)
    run = tenant.both.fail("customers")
    assert f"lübeck: the key opens studio {tenant.kiel.id}, and so does that of kiel" in run.error
    assert len(run.records["customers"]) == 12
