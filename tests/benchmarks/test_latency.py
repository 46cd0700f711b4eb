"""Measuring with latency, by a client that has several requests under way."""

from __future__ import annotations

import sys
from functools import partial

import pytest
from starlette.datastructures import Headers

from tests.benchmarks import latency
from tests.benchmarks.latency import Traffic
from tests.benchmarks.measure import Measurement
from tests.sandbox.faults import Answer
from tests.sandbox.gotom import GoTom
from tests.sandbox.traffic import ReceivedRequest

CLIENT = """
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

def ask(number):
    connection = HTTPConnection(sys.argv[1].removeprefix("http://"))
    connection.request("GET", f"/page/{number % 2}")
    return connection.getresponse().status

with ThreadPoolExecutor(int(sys.argv[2])) as pool:
    for status in pool.map(ask, range(12)):
        print(status)
"""


def build_failing_gotom(*statuses: int) -> GoTom:
    sandbox = GoTom()
    for status in statuses:
        sandbox.faults.add("GET", "/page/*", Answer(status))
    return sandbox


def client(at_once: int, url: str) -> list[str]:
    return [sys.executable, "-c", CLIENT, url, str(at_once)]


@pytest.mark.parametrize("at_once", [1, 4])
def test_answers_take_their_time(at_once: int) -> None:
    traffic = latency.run(GoTom, partial(client, at_once))
    assert traffic.measurement.lines == len(traffic.requests) == 12
    times = [request.time for request in traffic.requests]
    one_by_one = 11 * latency.LATENCY
    assert (times[-1] - times[0] >= one_by_one) == (at_once == 1)


def test_refusals_are_counted() -> None:
    traffic = latency.run(partial(build_failing_gotom, 429, 503, 429), partial(client, 1))
    assert traffic.refused == 2


def test_the_busiest_kind_of_requests_tells_the_share_of_a_limit() -> None:
    first, second, last = (request(seconds, "/page/0") for seconds in (0, 1, 61))
    others = [request(seconds, "/page/1") for seconds in (0, 200)]
    traffic = Traffic(Measurement(200, 1, 1), [first, *others, second, last])
    assert traffic.share_of_limit(2, counted_as=lambda one: one.path) == pytest.approx(3 / 4)
    assert traffic.share_of_limit(2, counted_as=lambda one: one.method) == pytest.approx(5 / 8)


def request(seconds: float, path: str) -> ReceivedRequest:
    return ReceivedRequest("GET", path, "", {}, Headers(), b"", "", time=1000 + seconds)
