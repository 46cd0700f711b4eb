"""The pace: as fast as the server allows and never faster."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.goatcounter import DEFAULT_LIMITS, Generation
from tests.tap_goatcounter.servers import get_day, make_view

if TYPE_CHECKING:
    from tests.tap_goatcounter.conftest import OpenSandbox


@pytest.mark.long(seconds=6)
def test_the_usual_streams_meet_no_limit_and_waste_no_time(open_sandbox: OpenSandbox) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits=DEFAULT_LIMITS)
    sandbox.add(make_view("/a", days_ago=1))
    begin = time.monotonic()
    sandbox.read(
        start_date=f"{get_day(1)}T00:00:00Z", requests_per_second=None, requests_per_hour=None
    )
    taken = time.monotonic() - begin
    times = [request.time for request in sandbox.server.requests]
    assert len(times) > 12
    assert 429 not in {request.status for request in sandbox.server.requests}
    assert all(after - before >= 0.99 for before, after in zip(times, times[4:], strict=False))
    assert taken <= 1.3 * len(times) / 4 + 2
