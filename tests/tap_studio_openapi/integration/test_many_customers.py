"""Many customers, in one studio or in many, take little memory and no more requests than needed."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.studio_openapi import Limit, StudioOpenApi
from tests.tap_studio_openapi.tenant import KEYS, Tenant

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.sandbox.studio_openapi import Studio
    from tests.tap_studio_openapi.integration.command_line import Tap

MIB = 1 << 20
MANY = 20_000
FEWER = 700
STUDIOS = 200


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant with one studio that has many customers."""
    server = StudioOpenApi(version="1.12.1", limit=Limit(per_minute=1_000_000))
    server.add_studio(KEYS["kiel"], customers=MANY, statuses=["MEMBER"], checkins_each=0)
    with server.serve() as url:
        yield Tenant(url, server)


def settings(tenant: Tenant, **more: Any) -> dict[str, Any]:
    free = {"requests_per_minute": 1_000_000, "customer_statuses": ["MEMBER"]}
    return tenant.one(**free, **more)


def with_fewer(tenant: Tenant) -> Studio:
    """Put another studio behind the key."""
    tenant.server.studios.clear()
    return tenant.server.add_studio(KEYS["kiel"], customers=FEWER, statuses=["MEMBER"])


def peak(process: subprocess.Popen[str]) -> int:
    """The most memory that a running process has had so far, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.mark.long(seconds=40)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("streams", [("customers",), ("customers", "customer_address_data")])
def test_memory_stays_flat_however_many_customers_there_are(
    tenant: Tenant, tap: Tap, streams: tuple[str, ...]
) -> None:
    process = tap.start(settings(tenant), *streams)
    assert process.stdout is not None
    most, records = 0, Counter[str]()
    for number, line in enumerate(process.stdout):
        records.update(stream for stream in streams if f'"RECORD","stream":"{stream}"' in line)
        if number % 1000 == 0:
            most = max(most, peak(process))
    assert process.wait(60) == 0
    assert records == dict.fromkeys(streams, MANY)
    assert 20 * MIB < most < 120 * MIB


def lines_of_customers(tap: Tap, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages about customers, without the time of their writing."""
    written, _ = tap.start(given, "customers").communicate()
    messages = [json.loads(line) for line in written.splitlines() if '"RECORD"' in line]
    return [
        {name: value for name, value in message.items() if name != "time_extracted"}
        for message in messages
    ]


def test_customers_are_the_same_whichever_way_they_are_written(tenant: Tenant, tap: Tap) -> None:
    studio = with_fewer(tenant)
    at_once = lines_of_customers(tap, settings(tenant))
    with_children = tap.succeed(settings(tenant), "customers", "customer_address_data")

    assert [message["record"] for message in at_once] == with_children.records["customers"]
    assert [list(message) for message in at_once] == [["type", "stream", "record"]] * FEWER
    assert [list(message["record"]) for message in at_once] == [
        list(record) for record in with_children.records["customers"]
    ]
    assert [message["record"]["id"] for message in at_once] == list(studio.customers)


def test_the_customers_that_are_written_at_once_are_counted(tenant: Tenant, tap: Tap) -> None:
    with_fewer(tenant)

    log = tap.succeed(settings(tenant), "customers").log

    assert f'"record_count","value":{FEWER}' in log.replace(" ", "")


def test_a_chain_of_200_studios_takes_a_request_per_studio_and_list(tap: Tap) -> None:
    server = StudioOpenApi(version="1.12.1")
    for number in range(STUDIOS):
        server.add_studio(f"key-{number}", customers=2, statuses=["MEMBER"], checkins_each=1)
    with server.serve() as url:
        connections = [
            {"name": f"studio {number}", "base_url": url, "api_key": f"key-{number}"}
            for number in range(STUDIOS)
        ]
        chain = {"connections": connections, "customer_statuses": ["MEMBER"]}
        run = tap.succeed(chain, "studio", "customers", "customer_checkins")

    asked = Counter(request.path for request in server.requests)
    assert asked["/v1/studios/information"] == STUDIOS
    assert asked["/v1/customers"] == STUDIOS
    assert len(server.requests) == 2 * STUDIOS + 2 * STUDIOS
    assert len(run.records["studio"]) == STUDIOS
    assert len(run.records["customers"]) == 2 * STUDIOS
    assert len(run.state["bookmarks"]["customer_checkins"]["partitions"]) == STUDIOS
