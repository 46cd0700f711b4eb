"""A run that is killed is taken up where it was, and nothing is lost or skipped."""

from __future__ import annotations

import json
import signal
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.command_line import stop
from tests.sandbox.faults import Delay
from tests.sandbox.studio_openapi import StudioOpenApi, quirks
from tests.tap_studio_openapi.tenant import KEYS, Tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tap_studio_openapi.integration.conftest import Tap

BALANCES = "customer_account_balances"
STREAMS = ("customers", BALANCES, "customer_checkins")
FREE = {"requests_per_minute": 100_000}
MANY = 110
CHUNK = 50
KILLED_AFTER = 80


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant with one studio that has many customers."""
    server = StudioOpenApi(version="1.12.1")
    server.add_studio(KEYS["kiel"], customers=MANY, statuses=["MEMBER"], checkins_each=0)
    server.quirks["/v1/customers"] = quirks.ShortChunks(CHUNK)
    with server.serve() as url:
        yield Tenant(url, server)


def kill_behind_first_chunk(tap: Tap, tenant: Tenant) -> tuple[dict[str, Any], set[int], set[int]]:
    """Kill a run; returns its last state, and the customers and balances that it has written."""
    process = tap.start_with_all_states(tenant.one(**FREE), *STREAMS)
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
        elif message["type"] == "RECORD" and message["stream"] == BALANCES:
            balances.add(message["record"]["customer_id"])
        if len(customers) == KILLED_AFTER:
            process.send_signal(signal.SIGKILL)
            break
    return state, customers, balances


def test_a_killed_run_is_taken_up_at_its_offset(tenant: Tenant, tap: Tap) -> None:
    before = datetime.now(UTC).isoformat()
    state, customers, balances = kill_behind_first_chunk(tap, tenant)
    checkpoint = state["bookmarks"]["customers"]["partitions"][0]["checkpoint"]
    position = {"status": "MEMBER", "offset": str(tenant.kiel.id_of(CHUNK - 1))}
    assert checkpoint["position"] == position
    run = tap.succeed(tenant.one(**FREE), *STREAMS, state=state)
    read = {record["id"] for record in run.records["customers"]}
    assert len(read) == MANY - CHUNK
    assert customers | read == set(tenant.kiel.customers)
    asked = {record["customer_id"] for record in run.records[BALANCES]}
    assert balances | asked == set(tenant.kiel.customers)
    assert run.state["bookmarks"]["customers"] == {}
    bookmark = run.output.bookmark("customer_checkins", studio_id=tenant.kiel.id)
    assert before[:19] <= bookmark[:19] <= checkpoint["saved_at"][:19]


def test_an_interrupted_run_ends_at_once_though_requests_are_in_flight(
    tenant: Tenant, tap: Tap
) -> None:
    slow = Delay(60)
    tenant.server.faults.add("GET", "/v1/customers/*/account/balances", slow, times=None)
    process = tap.start(tenant.one(max_concurrency=20), *STREAMS)
    deadline = time.monotonic() + 30
    while sum(request.path.endswith("/balances") for request in tenant.server.requests) < 10:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    began = time.monotonic()
    written = stop(process, signal.SIGINT)
    assert time.monotonic() - began < 30
    assert not any("replication_key_value" in line for line in written)
