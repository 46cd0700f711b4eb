"""A run that is killed is taken up where it was, and nothing is lost or skipped."""

from __future__ import annotations

import json
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.command_line import stop
from tests.sandbox.faults import Delay
from tests.sandbox.studio_openapi import StudioOpenApi
from tests.tap_studio_openapi.tenant import KEYS, Tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tap_studio_openapi.integration.command_line import Tap

STREAMS = ("customers", "customer_account_balances", "customer_checkins")
FREE = {"requests_per_minute": 100_000}
MANY = 560
KILLED_AFTER = 530


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant with one studio that has many customers."""
    server = StudioOpenApi(version="1.12.1")
    server.add_studio(KEYS["kiel"], customers=MANY, statuses=["MEMBER"], checkins_each=0)
    with server.serve() as url:
        yield Tenant(url, server)


def interrupted(tap: Tap, tenant: Tenant, *streams: str) -> tuple[dict[str, Any], set[int], set[int]]:
    """Kill a run behind the first chunk of customers.

    Returns:
        The last state, and the customers and balances that were written before it or after.
    """
    process = tap.start(tenant.one(**FREE), *streams)
    assert process.stdout is not None
    state: dict[str, Any] = {}
    customers: set[int] = set()
    balances: set[int] = set()
    for line in process.stdout:
        message = json.loads(line)
        if message["type"] == "STATE":
            state = message["value"]
        elif message["type"] == "RECORD" and message["stream"] == "customers":
            customers.add(message["record"]["id"])
        elif message["type"] == "RECORD" and message["stream"] == "customer_account_balances":
            balances.add(message["record"]["customer_id"])
        if len(customers) == KILLED_AFTER:
            process.send_signal(signal.SIGKILL)
            break
    return state, customers, balances


def point_in(state: dict[str, Any]) -> dict[str, Any]:
    partition = state["bookmarks"]["customers"]["partitions"][0]
    found: dict[str, Any] = partition["resume_point"]
    return found


def test_a_killed_run_is_taken_up_at_its_offset(tenant: Tenant, tap: Tap) -> None:
    before = datetime.now(UTC).isoformat()
    state, customers, balances = interrupted(tap, tenant, *STREAMS)
    assert point_in(state)["offset"] == str(tenant.kiel.id_of(499))

    run = tap.succeed(tenant.one(**FREE), *STREAMS, state=state)

    read = {record["id"] for record in run.records["customers"]}
    assert len(read) == MANY - 500
    assert customers | read == set(tenant.kiel.customers)
    asked = {record["customer_id"] for record in run.records["customer_account_balances"]}
    assert balances | asked == set(tenant.kiel.customers)
    after = run.state["bookmarks"]
    assert "resume_point" not in after["customers"]["partitions"][0]
    bookmark = run.output.bookmark("customer_checkins", studio_id=tenant.kiel.id)
    assert before[:19] <= bookmark[:19] <= point_in(state)["written"][:19]


def test_what_is_noted_is_written_before(tenant: Tenant, tap: Tap) -> None:
    process = tap.start(tenant.one(**FREE), *STREAMS)
    assert process.stdout is not None
    balances = 0
    seen: dict[tuple[str, str | None], int] = {}
    for line in process.stdout:
        message = json.loads(line)
        if message.get("stream") == "customer_account_balances" and message["type"] == "RECORD":
            balances += 1
        if message["type"] == "STATE" and "resume_point" in line:
            point = point_in(message["value"])
            seen.setdefault((point["status"], point["offset"]), balances)
    assert seen == {
        ("MEMBER", None): 0,  # behind the prospects, who are none
        ("MEMBER", str(tenant.kiel.id_of(499))): 500,
        ("FORMER_MEMBER", None): MANY,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"written": (datetime.now(UTC) - timedelta(hours=7)).isoformat()},
        {"settings": "others"},
        {"written": "yesterday"},
    ],
    ids=["old", "other settings", "unreadable"],
)
def test_a_place_that_is_of_no_use_is_not_taken_up(
    tenant: Tenant, tap: Tap, change: dict[str, str]
) -> None:
    state, *_ = interrupted(tap, tenant, "customers")
    point_in(state).update(change)

    run = tap.succeed(tenant.one(**FREE), "customers", state=state)

    assert len(run.records["customers"]) == MANY


def test_an_offset_that_the_server_does_not_take_starts_over(tenant: Tenant, tap: Tap) -> None:
    state, *_ = interrupted(tap, tenant, "customers")
    point_in(state)["offset"] = "nonsense"

    run = tap.succeed(tenant.one(**FREE), "customers", state=state)

    assert len(run.records["customers"]) == MANY


def test_other_streams_selected_read_all_customers(tenant: Tenant, tap: Tap) -> None:
    state, *_ = interrupted(tap, tenant, "customers")

    run = tap.succeed(tenant.one(**FREE), "customers", "studio", state=state)

    assert len(run.records["customers"]) == MANY


def test_an_interrupted_run_ends_at_once_though_requests_are_under_way(
    tenant: Tenant, tap: Tap
) -> None:
    slow = Delay(6)
    tenant.server.faults.add("GET", "/v1/customers/*/account/balances", slow, times=None)
    process = tap.start(tenant.one(max_concurrency=20), *STREAMS)
    deadline = time.monotonic() + 30
    while sum(request.path.endswith("/balances") for request in tenant.server.requests) < 10:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    began = time.monotonic()

    written = stop(process, signal.SIGINT)

    assert time.monotonic() - began < 3
    assert not any("replication_key_value" in line for line in written)
