"""The pace: as fast as the server allows and never faster."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import DEFAULT_LIMITS, UNLIMITED, Generation
from tests.tap_goatcounter.servers import day, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sandbox.goatcounter import Hit
    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.conftest import OpenSandbox


def most_within(moments: Sequence[float], window: float) -> int:
    """The highest number of moments in any span of time that is shorter than a window."""
    return max(
        sum(start <= moment < start + window - 1e-6 for moment in moments[index : index + 1000])
        for index, start in enumerate(moments)
    )


@pytest.mark.long(seconds=110)
def test_all_daily_streams_of_sixty_days_meet_no_limit_and_waste_no_time(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits=DEFAULT_LIMITS)
    sandbox.add(*hits_of_days(60))
    settings = sandbox.settings(start_date=f"{day(60)}T00:00:00Z")
    del settings["requests_per_second"], settings["requests_per_hour"]
    begin = time.monotonic()
    run = tap.succeed(settings)
    taken = time.monotonic() - begin
    requests = sandbox.server.requests
    assert len({record["day"] for record in run.records["browsers"]}) == 60
    assert 7 * 60 < len(requests) <= 500
    assert 429 not in {request.status for request in requests}
    assert taken <= 1.15 * len(requests) / 4
    in_a_second = most_within([request.time for request in requests], 1.0)
    assert in_a_second <= 4


def test_an_older_servers_default_limit_is_not_met_either(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.V2_7, limits=DEFAULT_LIMITS)
    sandbox.add(*hits_of_days(2))
    settings = sandbox.settings(start_date=f"{day(2)}T00:00:00Z")
    del settings["requests_per_second"], settings["requests_per_hour"]
    tap.succeed(settings)
    assert 429 not in {request.status for request in sandbox.server.requests}


def test_the_pace_can_be_set_to_what_the_server_allows(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.V2_7, limits={**UNLIMITED, "api": (40, 1)})
    sandbox.add(*hits_of_days(30))
    tap.succeed(sandbox.settings(requests_per_second=40), "browsers", "systems", "languages")
    assert 429 not in {request.status for request in sandbox.server.requests}


def test_a_limit_per_hour_that_others_have_used_up_is_waited_for(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits={**UNLIMITED, "api2": (12, 4)})
    sandbox.add(*hits_of_days(12))
    run = tap.succeed(sandbox.settings(max_retries=3), "browsers")
    assert sum(record["count"] for record in run.records["browsers"]) == 12
    statuses = [request.status for request in sandbox.server.requests]
    assert 1 <= statuses.count(429) <= 3


def test_refusals_without_a_wait_are_followed_by_ever_longer_pauses(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.MAIN)
    sandbox.add(*hits_of_days(1))
    sandbox.server.faults.add("GET", "/api/v0/stats/total", Answer(503), times=2)
    tap.succeed(sandbox.settings(max_retries=2), "total_daily")
    times = [request.time for request in sandbox.received("GET", "/stats/total")]
    first, second = (after - before for before, after in itertools.pairwise(times))
    assert 2 <= first < second


def hits_of_days(count: int) -> list[Hit]:
    """A visitor on each of the last days."""
    return [view("/a", days_ago=number + 1, session=str(number)) for number in range(count)]
