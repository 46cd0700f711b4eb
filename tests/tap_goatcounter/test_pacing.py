"""The pace: as fast as the server allows and never faster."""

from __future__ import annotations

import itertools
import logging
import random
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tap_goatcounter.pacing import PacedAdapter, Pacer
from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import DEFAULT_LIMITS, UNLIMITED, Generation
from tests.tap_goatcounter.places import day, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sandbox.goatcounter import Hit
    from tests.tap_goatcounter.command_line import Tap
    from tests.tap_goatcounter.conftest import OpenSandbox

LOGGER = logging.getLogger(__name__)
HOUR = 3600.0


class Clock:
    """Time that passes only when somebody sleeps or a server takes its time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand in for the clock of the pacer."""
        self.now = 1000.0
        monkeypatch.setattr("tap_goatcounter.pacing.time.monotonic", lambda: self.now)
        monkeypatch.setattr("tap_goatcounter.pacing.time.sleep", self.pass_by)

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def charges(clock: Clock, pacer: Pacer, count: int, seed: int) -> list[float]:
    """When a server charges requests: at some moment between their sending and their answers."""
    chance = random.Random(seed)  # noqa: S311
    moments = []
    for _ in range(count):
        pacer.wait()
        latency = chance.choice((0.0, chance.uniform(0, 0.2), chance.uniform(0, 3)))
        moments.append(clock.now + latency * chance.random())
        clock.pass_by(latency)
        pacer.answered()
        clock.pass_by(chance.choice((0.0, 0.0, chance.uniform(0, 2))))
    return moments


def most_within(moments: Sequence[float], window: float) -> int:
    """The highest number of moments in any span of time that is shorter than a window."""
    return max(
        sum(start <= moment < start + window - 1e-6 for moment in moments[index : index + 1000])
        for index, start in enumerate(moments)
    )


@pytest.mark.parametrize("seed", range(10))
def test_no_second_holds_more_requests_than_allowed(clock: Clock, seed: int) -> None:
    pacer = Pacer(LOGGER, per_second=4, per_hour=None)
    assert most_within(charges(clock, pacer, 300, seed), 1.0) <= 4


@pytest.mark.parametrize("seed", range(3))
def test_no_hour_holds_more_requests_than_allowed(clock: Clock, seed: int) -> None:
    pacer = Pacer(LOGGER, per_second=4, per_hour=50)
    moments = charges(clock, pacer, 400, seed)
    assert most_within(moments, HOUR) <= 50
    assert most_within(moments, 1.0) <= 4


def test_what_is_allowed_is_used_in_full(clock: Clock) -> None:
    pacer = Pacer(LOGGER, per_second=4, per_hour=500)
    begin = clock.now
    for _ in range(500):
        pacer.wait()
        clock.pass_by(0.01)
        pacer.answered()
    assert clock.now - begin == pytest.approx(500 / 4, rel=0.05)


def test_a_limit_per_hour_that_becomes_known_late_counts_what_came_before(clock: Clock) -> None:
    pacer = Pacer(LOGGER, per_second=1000, per_hour=None)
    moments = []
    for number in range(600):
        if number == 3:
            pacer.per_hour = 500
        pacer.wait()
        moments.append(clock.now)
        pacer.answered()
    assert most_within(moments, HOUR) <= 500


def test_a_long_pause_is_announced(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    pacer = Pacer(LOGGER, per_second=1000, per_hour=2)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            pacer.wait()
            pacer.answered()
    assert "the server allows 2 requests per hour" in caplog.text
    assert clock.now >= 1000 + HOUR


def test_requests_that_fail_are_charged_too() -> None:
    session = requests.Session()
    session.mount("http://", PacedAdapter(Pacer(LOGGER, per_second=2, per_hour=None)))
    begin = time.monotonic()
    for _ in range(3):
        with pytest.raises(requests.ConnectionError):
            session.get("http://127.0.0.1:9/", timeout=5)
    assert time.monotonic() - begin >= 1


@pytest.mark.long(seconds=110)
def test_all_daily_streams_of_sixty_days_meet_no_limit_and_waste_no_time(
    open_sandbox: OpenSandbox, tap: Tap
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
    open_sandbox: OpenSandbox, tap: Tap
) -> None:
    sandbox = open_sandbox(Generation.V2_7, limits=DEFAULT_LIMITS)
    sandbox.add(*hits_of_days(2))
    settings = sandbox.settings(start_date=f"{day(2)}T00:00:00Z")
    del settings["requests_per_second"], settings["requests_per_hour"]
    tap.succeed(settings)
    assert 429 not in {request.status for request in sandbox.server.requests}


def test_the_pace_can_be_set_to_what_the_server_allows(open_sandbox: OpenSandbox, tap: Tap) -> None:
    sandbox = open_sandbox(Generation.V2_7, limits={**UNLIMITED, "api": (40, 1)})
    sandbox.add(*hits_of_days(30))
    tap.succeed(sandbox.settings(requests_per_second=40), "browsers", "systems", "languages")
    assert 429 not in {request.status for request in sandbox.server.requests}


def test_a_limit_per_hour_that_others_have_used_up_is_waited_for(
    open_sandbox: OpenSandbox, tap: Tap
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits={**UNLIMITED, "api2": (12, 4)})
    sandbox.add(*hits_of_days(12))
    run = tap.succeed(sandbox.settings(max_retries=3), "browsers")
    assert sum(record["count"] for record in run.records["browsers"]) == 12
    statuses = [request.status for request in sandbox.server.requests]
    assert 1 <= statuses.count(429) <= 3


def test_refusals_without_a_wait_are_followed_by_ever_longer_pauses(
    open_sandbox: OpenSandbox, tap: Tap
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
