"""Contracts, and the idle periods of one contract at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    records = run.records["customer_contracts"]
    assert "INACTIVE" in {record["contractStatus"] for record in records}
    assert {record["id"] for record in records} == expected


@pytest.mark.parametrize(
    ("compared", "may_be_missing"),
    [
        ([([ACTIVE, INACTIVE], [INACTIVE])], False),
        ([([ACTIVE], [INACTIVE]), ([ACTIVE, INACTIVE], [INACTIVE])], True),
        ([([ACTIVE], [])] * 99, True),
        ([([ACTIVE], [])] * 100, False),
    ],
    ids=["returned unasked", "kept back once", "none so far", "none in a hundred customers"],
)
def test_inactive_contracts_are_asked_for_until_it_is_clear_that_none_are_kept_back(
    compared: list[tuple[list[Any], list[Any]]], *, may_be_missing: bool
) -> None:
    server = InactiveContracts()
    for unasked, inactive in compared:
        server.compare(unasked, inactive)
    assert server.may_be_missing is may_be_missing


def test_idle_periods_say_which_list_they_stand_in(tenant: Tenant) -> None:
    body = '{"pastIdlePeriods": [{"id": 1}], "currentAndUpcomingIdlePeriods": [{"id": 2}]}'
    tenant.spoil(IDLE_PERIODS, Answer(200, body))
    records = tenant.one.succeed("contract_idle_periods").records["contract_idle_periods"]
    assert {(record["id"], record["list"]) for record in records} == {(1, "past"), (2, "current")}
    assert all(record["contract_id"] and record["customer_id"] for record in records)


@pytest.mark.parametrize(
    "body",
    ['{"pastIdlePeriods": [], "currentAndUpcomingIdlePeriods": null}', '{"pastIdlePeriods": []}'],
)
def test_a_missing_list_of_idle_periods_is_not_an_empty_one(tenant: Tenant, body: str) -> None:
    tenant.spoil(IDLE_PERIODS, Answer(200, body))
    run = tenant.one.fail("contract_idle_periods")
    assert "currentAndUpcomingIdlePeriods" in run.error
