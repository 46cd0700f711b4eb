"""Many customers take little memory."""

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
