"""Customers, and what is asked for one customer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.faults import Answer
from tests.tap_studio_openapi.places import Place, ids

if TYPE_CHECKING:
    from tests.tap_studio_openapi.command_line import Tap


def test_customers_of_all_statuses_are_read(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.one(), "customers")

    assert sorted(ids(run.records["customers"], place.kiel)) == sorted(place.kiel.customers)


def test_a_server_without_former_members_is_asked_for_the_others(place: Place, tap: Tap) -> None:
    place.server.version = "1.11.1"

    run = tap.succeed(place.one(), "customers")

    statuses = {record["status"] for record in run.records["customers"]}
    assert statuses == {"MEMBER", "PROSPECT"}
    assert "knows no customers of status FORMER_MEMBER" in run.log


def test_studios_take_turns(place: Place, tap: Tap) -> None:
    settings = place.both(customer_statuses=["MEMBER"])

    run = tap.succeed(settings, "customers", "customer_address_data")

    studios = [record["studio_id"] for record in run.records["customers"]]
    assert studios[:4] == [place.kiel.id, place.luebeck.id] * 2


def test_order_and_state_are_the_same_however_many_requests_are_under_way(
    place: Place, tap: Tap
) -> None:
    streams = ("customers", "customer_contracts", "contract_idle_periods", "customer_checkins")
    one = tap.succeed(place.both(max_concurrency=1), *streams)
    many = tap.succeed(place.both(max_concurrency=20), *streams)

    assert one.records == many.records
    assert [kinds(state) for state in one.output.states] == [
        kinds(state) for state in many.output.states
    ]


def kinds(state: object) -> object:
    """A state without the times in it."""
    if isinstance(state, dict):
        return {name: kinds(value) for name, value in state.items()}
    if isinstance(state, list):
        return [kinds(value) for value in state]
    return state if isinstance(state, int) else type(state)


def test_children_follow_their_parents_though_these_are_not_selected(
    place: Place, tap: Tap
) -> None:
    run = tap.succeed(place.one(), "contract_remaining_idle_periods")

    contracts = {
        contract["id"]
        for number in place.kiel.customers
        for contract in place.kiel.contracts[number]
    }
    assert {record["contract_id"] for record in run.records["contract_remaining_idle_periods"]} == (
        contracts
    )
    assert list(run.records) == ["contract_remaining_idle_periods"]


def test_inactive_contracts_are_asked_for_where_a_server_keeps_them_back(
    place: Place, tap: Tap
) -> None:
    place.server.contracts_without_status = "ACTIVE"

    run = tap.succeed(place.one(), "customer_contracts")

    expected = {
        contract["id"]
        for number in place.kiel.customers
        for contract in place.kiel.contracts[number]
    }
    inactive = [
        record
        for record in run.records["customer_contracts"]
        if record["contractStatus"] == "INACTIVE"
    ]
    assert inactive
    assert {record["id"] for record in run.records["customer_contracts"]} == expected


def test_members_who_opted_out_are_skipped_and_counted(place: Place, tap: Tap) -> None:
    opted_out = {place.kiel.id_of(0), place.kiel.id_of(3)}
    place.kiel.opted_out.update(opted_out)

    run = tap.succeed(place.one(), "customers", "customer_account_balances", "customer_checkins")

    asked = {record["customer_id"] for record in run.records["customer_account_balances"]}
    assert asked == {record["id"] for record in run.records["customers"]} - opted_out
    assert "customer_account_balances: 2 skipped, members who have switched off" in run.log
    assert run.output.bookmark("customer_checkins", studio_id=place.kiel.id)


def test_a_customer_who_is_gone_is_skipped(place: Place, tap: Tap) -> None:
    number = place.kiel.id_of(2)
    place.server.faults.add("GET", f"/v1/customers/{number}/contracts", Answer(404), times=None)

    run = tap.succeed(place.one(), "customers", "customer_contracts")

    assert number in ids(run.records["customers"], place.kiel)
    assert number not in ids(run.records["customer_contracts"], place.kiel, "customer_id")
    assert "1 skipped, parts that are not there" in run.log


def test_one_customer_that_fails_fails_alone(place: Place, tap: Tap) -> None:
    number = place.kiel.id_of(2)
    path = f"/v1/customers/{number}/account/balances"
    place.server.faults.add("GET", path, Answer(500), times=None)

    run = tap.fail(place.one(max_retries=0), "customer_account_balances")

    assert f"customer {number}: GET {path} answered 500" in run.log
    assert len(run.records["customer_account_balances"]) == 11


def test_an_endpoint_that_is_not_there_is_left_alone(place: Place, tap: Tap) -> None:
    place.server.version = "1.4.0"

    run = tap.fail(place.one(max_concurrency=1), "customer_documents")

    assert len([r for r in place.server.requests if r.path.endswith("/documents")]) == 10
    assert "1 part(s) of the sync failed" in run.log


def test_many_failures_in_a_row_end_the_stream_of_that_studio(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", "/v1/customers/*/account/balances", Answer(500), times=None)

    settings = place.both(max_retries=0, max_concurrency=1)
    run = tap.fail(settings, "customers", "customer_account_balances")

    assert "6 part(s) of the sync failed" in run.log
    assert "The rest of this stream is left out" in run.log
    assert len(run.records["customers"]) == 24
