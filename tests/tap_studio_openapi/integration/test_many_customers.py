"""Many customers, in one studio or in many, take little memory and no more requests than needed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.platforms import on_linux
from tests.sandbox.studio_openapi import Limit, StudioOpenApi
from tests.tap_studio_openapi.tenant import KEYS, Tenant

if TYPE_CHECKING:
    import subprocess

    from tests.tap_studio_openapi.integration.conftest import Tap

MIB = 1 << 20
STUDIOS = 80


def read_peak(process: subprocess.Popen[str]) -> int:
    """Return the most memory that a running process has had so far, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.mark.long(seconds=10)
@on_linux
@pytest.mark.parametrize(
    ("streams", "customers"),
    [(("customers",), 8_000), (("customers", "customer_address_data"), 3_000)],
    ids=["alone", "with children"],
)
def test_memory_stays_flat_however_many_customers_there_are(
    tap: Tap, streams: tuple[str, ...], customers: int
) -> None:
    server = StudioOpenApi(version="1.12.1", limit=Limit(per_minute=1_000_000))
    server.add_studio(KEYS["kiel"], customers=customers, statuses=["MEMBER"], checkins_each=0)
    most, records = 0, Counter[str]()
    with server.serve() as url:
        free = {"requests_per_minute": 1_000_000, "customer_statuses": ["MEMBER"]}
        process = tap.start(Tenant(url, server).one(**free), *streams)
        assert process.stdout is not None
        for number, line in enumerate(process.stdout):
            records.update(stream for stream in streams if f'"RECORD","stream":"{stream}"' in line)
            if number % 500 == 0:
                most = max(most, read_peak(process))
        assert process.wait(60) == 0
    assert records == dict.fromkeys(streams, customers)
    assert 20 * MIB < most < 100 * MIB


def test_a_chain_takes_a_request_per_studio_and_list(tap: Tap) -> None:
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
