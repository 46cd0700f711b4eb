"""Limits and throttling slow a run down, and lose nothing."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tap_studio_openapi import pacing
from tap_studio_openapi.pacing import Counter, Endpoint, PacedAdapter, Pacer
from tests.sandbox.faults import Answer, CutOff, Reset
from tests.sandbox.studio_openapi import Limit, Throttling
from tests.tap_studio_openapi.places import KEYS, Place

if TYPE_CHECKING:
    from tests.tap_studio_openapi.command_line import Tap

LOGGER = logging.getLogger("test")
SHORT_MINUTE = 1.0


@pytest.fixture
def short_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute of one second, for the tap's own counting."""
    monkeypatch.setattr(pacing, "MINUTE", SHORT_MINUTE)


def session_of(pacer: Pacer) -> requests.Session:
    session = requests.Session()
    session.mount("http://", PacedAdapter(pacer, 10))
    return session


def ask_for(session: requests.Session, place: Place, key: str, path: str, times: int) -> list[int]:
    """Ask so many times at once, and give the statuses."""
    statuses: list[int] = []

    def ask() -> None:
        answer = session.get(place.url + path, headers={"x-api-key": key})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=ask) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.usefixtures("short_minute")
def test_no_minute_has_one_request_too_many(place: Place) -> None:
    place.server.limit = Limit(per_minute=20, minute=SHORT_MINUTE)
    session = session_of(Pacer(LOGGER, 20))

    statuses = ask_for(session, place, KEYS["kiel"], "/v1/devices", 60)

    assert statuses == [200] * 60
    times = sorted(request.time for request in place.received("/v1/devices"))
    assert all(
        later - first >= SHORT_MINUTE for first, later in zip(times, times[20:], strict=False)
    )
    assert place.server.limit.denied == 0


@pytest.mark.usefixtures("short_minute")
def test_each_key_and_each_endpoint_has_a_counter_of_its_own(place: Place) -> None:
    session = session_of(Pacer(LOGGER, 10))
    began = time.monotonic()

    for key in KEYS.values():
        ask_for(session, place, key, "/v1/devices", 10)
        ask_for(session, place, key, "/v1/studios/tags", 10)

    assert time.monotonic() - began < SHORT_MINUTE


def test_ids_in_paths_do_not_tell_endpoints_apart() -> None:
    one, other = (
        requests.Request(
            "GET",
            f"https://a.example/v1/customers/{number}/contracts?x=1",
            headers={"x-api-key": "k"},
        ).prepare()
        for number in (1, 22)
    )

    assert Endpoint.of(one) == Endpoint.of(other)
    assert Endpoint.of(one) == Endpoint("a.example", "/v1/customers/{id}/contracts", "k")


@pytest.mark.usefixtures("short_minute")
def test_keys_share_a_counter_once_the_server_shows_that_it_does(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.server.limit = Limit(per_minute=12, minute=SHORT_MINUTE, shared=True)
    session = session_of(Pacer(LOGGER, 10))

    statuses = []
    for _ in range(3):
        for key in KEYS.values():
            statuses += ask_for(session, place, key, "/v1/devices", 10)

    assert statuses == [200] * 60
    assert "seems to count the requests of all keys together" in caplog.text
    assert place.server.limit.denied <= 10


def test_a_refused_endpoint_is_left_alone_for_as_long_as_it_says(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", "/v1/devices", Answer(429, headers={"Retry-After": "3"}))

    run = tap.succeed(place.one(max_retries=0), "devices")

    first, second = (request.time for request in place.received("/v1/devices"))
    assert 4 <= second - first < 8
    assert len(run.records["devices"]) == len(place.kiel.devices)


def test_a_storm_of_refusals_loses_nothing(place: Place, tap: Tap) -> None:
    place.server.limit = Limit(per_minute=10, minute=2, retry_after=True)

    run = tap.succeed(place.both(max_retries=0), "customers", "customer_account_balances")

    assert len(run.records["customer_account_balances"]) == 24
    assert place.server.limit.denied


def test_a_storm_of_throttling_loses_nothing(place: Place, tap: Tap) -> None:
    place.server.throttling = Throttling(share=0.3, seed=1)

    run = tap.succeed(place.both(max_retries=8), "customers", "customer_account_balances")

    assert len(run.records["customer_account_balances"]) == 24
    assert place.server.throttling.refused


def test_storms_are_told_in_a_few_lines(place: Place, tap: Tap) -> None:
    path = "/v1/customers/*/account/balances"
    place.server.faults.add("GET", path, Answer(503), times=12)

    run = tap.succeed(place.one(max_retries=8), "customer_account_balances")

    assert run.log.count("Trying again in") == 3
    assert "customer_account_balances: 12 repeated requests." in run.log


def test_throttling_without_end_is_given_up(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", "/v1/devices", Answer(503), times=None)

    run = tap.fail(place.one(max_retries=1), "devices", "classes")

    assert "answered 503" in run.log
    assert "The vendor's database is under load" in run.log
    assert len(place.received("/v1/devices")) == 2
    assert run.records["classes"]


def test_broken_transfers_are_repeated(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", "/v1/devices", Reset())
    place.server.faults.add("GET", "/v1/classes", CutOff(40))

    run = tap.succeed(place.one(), "devices", "classes")

    assert len(run.records["devices"]) == len(place.kiel.devices)
    assert run.records["classes"]


def test_a_long_refusal_is_told_instead_of_waited_for(place: Place, tap: Tap) -> None:
    refusal = Answer(429, headers={"Retry-After": "86400"})
    place.server.faults.add("GET", "/v1/devices", refusal, times=None)

    run = tap.fail(place.one(), "devices")

    assert "answered 429" in run.log
    assert "lower 'requests_per_minute'" in run.log


def test_a_request_counts_until_a_minute_after_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    counter = Counter()

    counter.send()
    now = 1100.0
    assert len(counter) == 1
    counter.answer()
    now = 1159.0
    assert counter.pause(1) == pytest.approx(1.0)
    now = 1160.0
    assert counter.pause(1) == 0.0
