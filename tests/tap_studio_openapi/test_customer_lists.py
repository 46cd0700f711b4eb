"""Where a list of customers goes on, in states of this version and of the one before."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit import checkpoint
from tap_studio_openapi.customer_lists import load_checkpoint
from tests.sandbox.studio_openapi import StudioOpenApi
from tests.tap_studio_openapi.tenant import KEYS, Tenant, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tap_studio_openapi.conftest import InProcessTap

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


def test_a_server_without_former_members_is_asked_for_the_others(
    tenant: Tenant, tap: InProcessTap
) -> None:
    tenant.server.version = "1.11.1"
    run = tap.succeed(tenant.both(), "customers")
    statuses = {record["status"] for record in run.records["customers"]}
    assert statuses == {"MEMBER", "PROSPECT"}
    assert run.log.count("knows no customers of status FORMER_MEMBER") == 1
    assert "customers: 2 skipped" in run.log


def test_a_status_that_every_server_knows_must_not_be_refused(
    tenant: Tenant, tap: InProcessTap
) -> None:
    tenant.server.faults.add("GET", "/v1/customers", refuse(400), times=None)
    run = tap.fail(tenant.one(), "customers")
    assert "GET /v1/customers answered 400" in run.error


@pytest.mark.parametrize(
    ("name", "streams"),
    [
        ("interrupted", ["customers"]),
        (
            "interrupted_with_children",
            ["customers", "customer_account_balances", "customer_checkins"],
        ),
    ],
)
def test_a_run_that_the_version_before_has_left_is_taken_up(
    many_members: Tenant, tap: InProcessTap, name: str, streams: list[str]
) -> None:
    run = tap.succeed(many_members.one(**FREE), *streams, state=load_state(name))
    output = run.output
    expected = list(many_members.kiel.customers)[500:]
    assert [record["id"] for record in output.records["customers"]] == expected
    for stream in streams[1:2]:
        assert [record["customer_id"] for record in output.records[stream]] == expected
    assert run.state["bookmarks"]["customers"] == {}


def test_the_bookmark_after_an_interrupted_run_is_the_start_of_the_first_one(
    many_members: Tenant, tap: InProcessTap
) -> None:
    state = load_state("interrupted_with_children")
    begun = partition_of(state)["resume_point"]["begun"]
    streams = ("customers", "customer_account_balances", "customer_checkins")
    run = tap.succeed(many_members.one(**FREE), *streams, state=state)
    bookmark = run.output.bookmark("customer_checkins", studio_id=many_members.kiel.id)
    assert bookmark[:19] == begun[:19]


def test_a_state_of_a_finished_run_of_the_version_before_is_understood(
    tenant: Tenant, tap: InProcessTap
) -> None:
    state = load_state("finished")
    streams = ("studio", "customers", "customer_contracts", "customer_checkins")
    run = tap.succeed(tenant.both(), *streams, state=state)
    assert len(run.records["customers"]) == 24
    path = f"/v1/customers/{tenant.kiel.id_of(0)}/activities/checkins"
    first_day = (datetime.now(UTC) - timedelta(days=7, hours=1)).date()
    assert tenant.received(path)[0].query["fromDate"] == [first_day.isoformat()]


@pytest.mark.parametrize(
    "change",
    [
        {"saved_at": "2020-01-01T00:00:00Z"},
        {"saved_at": "yesterday"},
        {"settings": "others"},
        {"position": {"status": "GONE", "offset": None}},
        {"position": "here"},
        {"position": {"status": "MEMBER", "offset": "nonsense"}},
    ],
    ids=["old", "unreadable", "other settings", "other status", "no position", "no offset"],
)
def test_a_checkpoint_that_is_of_no_use_is_not_taken_up(
    many_members: Tenant, tap: InProcessTap, change: dict[str, Any]
) -> None:
    state = load_state("interrupted")
    partition = partition_of(state)
    assert load_checkpoint(partition, partition["resume_point"]["settings"], STATUSES)
    partition[checkpoint.CHECKPOINT].update(change)
    run = tap.succeed(many_members.one(**FREE), "customers", state=state)
    assert len(run.records["customers"]) == MANY
