"""Contracts, and the idle periods of one contract at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap_studio_openapi.streams.contracts import InactiveContracts
from tests.sandbox.faults import Answer

if TYPE_CHECKING:
    from tests.tap_studio_openapi.tenant import Tenant

ACTIVE = {"id": 1}
INACTIVE = {"id": 2}
IDLE_PERIODS = "/v1/memberships/*/self-service/idle-periods"


def test_inactive_contracts_are_asked_for_where_a_server_keeps_them_back(tenant: Tenant) -> None:
    tenant.server.contracts_without_status = "ACTIVE"

    run = tenant.one.succeed("customer_contracts")

    expected = {
        contract["id"]
        for number in tenant.kiel.customers
        for contract in tenant.kiel.contracts[number]
    }
    inactive = [
        record
        for record in run.records["customer_contracts"]
        if record["contractStatus"] == "INACTIVE"
    ]
    assert inactive
    assert {record["id"] for record in run.records["customer_contracts"]} == expected


def test_a_server_that_returns_inactive_contracts_unasked_is_asked_once() -> None:
    server = InactiveContracts()
    server.compare([ACTIVE, INACTIVE], [INACTIVE])
    assert not server.may_be_missing


def test_a_server_that_keeps_them_back_is_asked_to_the_end() -> None:
    server = InactiveContracts()
    server.compare([ACTIVE], [INACTIVE])
    server.compare([ACTIVE, INACTIVE], [INACTIVE])
    assert server.may_be_missing


def test_a_hundred_customers_without_inactive_contracts_are_enough() -> None:
    server = InactiveContracts()
    for _ in range(99):
        server.compare([ACTIVE], [])
    assert server.may_be_missing
    server.compare([ACTIVE], [])
    assert not server.may_be_missing


def test_idle_periods_say_which_list_they_stand_in(tenant: Tenant) -> None:
    body = '{"pastIdlePeriods": [{"id": 1}], "currentAndUpcomingIdlePeriods": [{"id": 2}]}'
    tenant.server.faults.add("GET", IDLE_PERIODS, Answer(200, body), times=None)
    records = tenant.one.succeed("contract_idle_periods").records["contract_idle_periods"]
    assert {(record["id"], record["list"]) for record in records} == {(1, "past"), (2, "current")}
    assert all(record["contract_id"] and record["customer_id"] for record in records)


@pytest.mark.parametrize(
    "body",
    ['{"pastIdlePeriods": [], "currentAndUpcomingIdlePeriods": null}', '{"pastIdlePeriods": []}'],
)
def test_a_missing_list_of_idle_periods_is_not_an_empty_one(tenant: Tenant, body: str) -> None:
    tenant.server.faults.add("GET", IDLE_PERIODS, Answer(200, body), times=None)
    run = tenant.one.fail("contract_idle_periods")
    assert "currentAndUpcomingIdlePeriods" in run.error
