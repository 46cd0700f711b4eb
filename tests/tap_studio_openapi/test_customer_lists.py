"""Where a list of customers goes on, in states of this version and of the one before."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tap_studio_openapi.customer_lists import load_checkpoint
from tests.sandbox.studio_openapi import StudioOpenApi
from tests.tap_studio_openapi.tenant import KEYS, Tenant, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator


STATES = Path(__file__).parent / "states"
STATUSES = ["PROSPECT", "MEMBER", "FORMER_MEMBER"]
FREE = {"requests_per_minute": 100_000}
MANY = 560


def load_state(name: str) -> dict[str, Any]:
    """Return a state of the version before, as if it had been written an hour ago."""
    text = (STATES / f"{name}.json").read_text(encoding="utf-8")
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    state: dict[str, Any] = json.loads(re.sub(r"2026-11-29T[^\"]*", hour_ago, text))
    return state


def partition_of(state: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = state["bookmarks"]["customers"]["partitions"][0]
    return found


@pytest.fixture
def many_members() -> Iterator[Tenant]:
    """A tenant with one studio that has as many customers as when the states were recorded."""
    server = StudioOpenApi(version="1.12.1")
    server.add_studio(KEYS["kiel"], customers=MANY, statuses=["MEMBER"], checkins_each=0)
    with server.serve() as url:
        yield Tenant(url, server)


def test_a_server_without_former_members_is_asked_for_the_others(tenant: Tenant) -> None:
    tenant.server.version = "1.11.1"
    run = tenant.both.succeed("customers")
    statuses = {record["status"] for record in run.records["customers"]}
    assert statuses == {"MEMBER", "PROSPECT"}
    assert run.log.count("knows no customers of status FORMER_MEMBER") == 1
    assert "customers: 2 skipped" in run.log


def test_a_status_that_every_server_knows_must_not_be_refused(tenant: Tenant) -> None:
    tenant.server.faults.add("GET", "/v1/customers", refuse(400), times=None)
    run = tenant.one.fail("customers")
    assert "GET /v1/customers answered 400" in run.error


def test_a_run_that_the_version_before_has_left_is_taken_up(many_members: Tenant) -> None:
    run = many_members.one.succeed("customers", state=load_state("interrupted"), **FREE)
    expected = list(many_members.kiel.customers)[500:]
    assert [record["id"] for record in run.records["customers"]] == expected
    assert run.state["bookmarks"]["customers"] == {}


def test_a_run_that_was_left_with_children_is_taken_up_with_its_bookmark(
    many_members: Tenant,
) -> None:
    state = load_state("interrupted_with_children")
    begun = partition_of(state)["resume_point"]["begun"]
    streams = ("customers", "customer_account_balances", "customer_checkins")
    run = many_members.one.succeed(*streams, state=state, **FREE)
    expected = list(many_members.kiel.customers)[500:]
    assert [record["customer_id"] for record in run.records[streams[1]]] == expected
    bookmark = run.output.bookmark("customer_checkins", studio_id=many_members.kiel.id)
    assert bookmark[:19] == begun[:19]


def test_a_state_of_a_finished_run_of_the_version_before_is_understood(tenant: Tenant) -> None:
    state = load_state("finished")
    streams = ("studio", "customers", "customer_contracts", "customer_checkins")
    run = tenant.both.succeed(*streams, state=state)
    assert len(run.records["customers"]) == 24
    path = f"/v1/customers/{tenant.kiel.id_of(0)}/activities/checkins"
    first_day = (datetime.now(UTC) - timedelta(days=7, hours=1)).date()
    assert tenant.received(path)[0].query["fromDate"] == [first_day.isoformat()]


def test_a_checkpoint_of_other_settings_or_statuses_is_of_no_use() -> None:
    partition = partition_of(load_state("interrupted"))
    settings = partition["resume_point"]["settings"]
    assert load_checkpoint(partition, settings, STATUSES)
    assert load_checkpoint(partition, settings, ["PROSPECT"]) is None
    assert load_checkpoint(partition, "others", STATUSES) is None


def test_an_offset_that_the_server_refuses_is_not_taken_up(many_members: Tenant) -> None:
    state = load_state("interrupted")
    partition_of(state)["resume_point"]["offset"] = "nonsense"
    run = many_members.one.succeed("customers", state=state, **FREE)
    assert "refuses its last offset" in run.log
    assert len(run.records["customers"]) == MANY
