"""Customers of all studios in turn, each followed by what is asked for one customer at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from singer_tapkit.run_state import PacedStateWriter
from tests.sandbox.studio_openapi import quirks
from tests.tap_studio_openapi.tenant import Tenant, succeed

if TYPE_CHECKING:
    import pytest


CHILDREN = ("customers", "customer_contracts", "contract_idle_periods", "customer_checkins")


def test_studios_take_turns(tenant: Tenant) -> None:
    settings = tenant.both(customer_statuses=["MEMBER"])
    run = succeed(settings, "customers", "customer_address_data")
    studios = [record["studio_id"] for record in run.records["customers"]]
    assert studios[:4] == [tenant.kiel.id, tenant.luebeck.id] * 2


def test_order_and_state_are_the_same_however_many_requests_are_in_flight(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PacedStateWriter, "interval", 0)
    one = tenant.both.succeed(*CHILDREN, max_concurrency=1).output
    many = tenant.both.succeed(*CHILDREN, max_concurrency=20).output
    assert one.records == many.records
    assert [shape_of(state) for state in one.states] == [shape_of(state) for state in many.states]


def shape_of(value: object) -> object:
    """A state without the times in it."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape_of(inner) for inner in value]
    return value if isinstance(value, int) else type(value)


def test_children_follow_their_parents_though_these_are_not_selected(tenant: Tenant) -> None:
    run = tenant.one.succeed("contract_remaining_idle_periods")
    contracts = {
        contract["id"]
        for number in tenant.kiel.customers
        for contract in tenant.kiel.contracts[number]
    }
    records = run.records
    assert {record["contract_id"] for record in records["contract_remaining_idle_periods"]} == (
        contracts
    )
    assert list(records) == ["contract_remaining_idle_periods"]


def test_a_checkpoint_stands_behind_everything_that_it_claims(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PacedStateWriter, "interval", 0)
    run = tenant.one.succeed("customers", "customer_account_balances")
    balances = 0
    for line in run.stdout.splitlines():
        message = json.loads(line)
        if message.get("stream") == "customer_account_balances" and message["type"] == "RECORD":
            balances += 1
        if message["type"] == "STATE" and b"FORMER_MEMBER" in line:
            break
    statuses = [record["status"] for record in run.records["customers"]]
    assert balances == statuses.index("FORMER_MEMBER") > 0


def test_a_customer_that_does_not_fit_ends_the_customers_of_its_studio(tenant: Tenant) -> None:
    tenant.server.quirks["/v1/customers"] = quirks.ExtraFields(nickname="Leni")
    run = tenant.both.fail("customers", "customer_checkins", unknown_fields="fail")
    assert "2 part(s) of the sync failed" in run.error
    assert run.records["customers"] == []
    partitions = run.state["bookmarks"]["customer_checkins"].get("partitions", [])
    assert not any("replication_key_value" in entry for entry in partitions)
