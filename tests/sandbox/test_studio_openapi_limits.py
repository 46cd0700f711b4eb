"""How the sandbox's Open API keeps clients from asking too much."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.studio_openapi import Limit, StudioOpenApi, Throttling
from tests.sandbox.studio_openapi_client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def tenant() -> StudioOpenApi:
    """A tenant with two studios."""
    sandbox = StudioOpenApi()
    sandbox.add_studio("first", customers=5)
    sandbox.add_studio("second", customers=5)
    return sandbox


@pytest.fixture
def url(tenant: StudioOpenApi) -> Iterator[str]:
    """Where it serves."""
    with tenant.serve() as found:
        yield found


def statuses(url: str, key: str, path: str, times: int) -> list[int]:
    """The statuses of requests, one after another."""
    return [Client(url, key).get(path).status for _ in range(times)]


def test_a_thousand_requests_a_minute_are_the_documented_limit() -> None:
    assert (Limit().per_minute, Limit().minute, Limit().lockout) == (1000, 60.0, True)


def test_every_endpoint_counts_for_itself(tenant: StudioOpenApi, url: str) -> None:
    tenant.limit = Limit(3)
    assert statuses(url, "first", "/devices", 5) == [200, 200, 200, 429, 429]
    assert statuses(url, "first", "/employees", 1) == [200]
    customers = tenant.studios[0].customers
    found = [Client(url, "first").get(f"/customers/{number}").status for number in customers]
    assert found == [200, 200, 200, 429, 429]
    assert tenant.limit.denied == 4


def test_keys_have_counters_of_their_own_or_share_them(tenant: StudioOpenApi, url: str) -> None:
    tenant.limit = Limit(2)
    assert statuses(url, "first", "/devices", 3) == [200, 200, 429]
    assert statuses(url, "second", "/devices", 3) == [200, 200, 429]
    tenant.limit = Limit(2, shared=True)
    assert statuses(url, "first", "/devices", 2) == [200, 200]
    assert statuses(url, "second", "/devices", 1) == [429]


def test_a_request_too_many_is_followed_by_a_minute_without_any(
    tenant: StudioOpenApi, url: str
) -> None:
    tenant.limit = Limit(2, minute=1.0)
    began = time.monotonic()
    assert statuses(url, "first", "/devices", 2) == [200, 200]
    time.sleep(0.7)
    assert statuses(url, "first", "/devices", 1) == [429]
    time.sleep(max(0.0, began + 1.3 - time.monotonic()))
    assert statuses(url, "first", "/devices", 1) == [429]
    time.sleep(max(0.0, began + 2.0 - time.monotonic()))
    assert statuses(url, "first", "/devices", 1) == [200]


def test_windows_may_be_fixed_instead(tenant: StudioOpenApi, url: str) -> None:
    tenant.limit = Limit(2, minute=1.0, lockout=False)
    began = time.monotonic()
    assert statuses(url, "first", "/devices", 3) == [200, 200, 429]
    time.sleep(max(0.0, began + 1.2 - time.monotonic()))
    assert statuses(url, "first", "/devices", 3) == [200, 200, 429]


def test_denials_say_how_long_if_they_are_told_to(tenant: StudioOpenApi, url: str) -> None:
    client = Client(url, "first")
    tenant.limit = Limit(0)
    answer = client.get("/devices")
    assert answer.error == (429, "errormessage.rate.limit.exceeded", None)
    assert "Retry-After" not in answer.headers
    tenant.limit = Limit(0, retry_after=True)
    assert client.get("/devices").headers["Retry-After"] == "60"


def test_checking_a_key_does_not_count(tenant: StudioOpenApi, url: str) -> None:
    tenant.limit = Limit(1)
    client = Client(url, "first")
    assert [client.send("HEAD", "/devices").status for _ in range(3)] == [200] * 3
    assert client.get("/devices").status == 200


def test_a_share_of_the_requests_may_be_refused(tenant: StudioOpenApi, url: str) -> None:
    tenant.throttling = Throttling(share=0.5, path="/v1/dev*")
    found = statuses(url, "first", "/devices", 40)
    assert set(found) == {200, 503}
    assert found.count(503) == tenant.throttling.refused
    assert set(statuses(url, "first", "/employees", 10)) == {200}
    tenant.throttling = Throttling(share=0.5, path="/v1/dev*")
    assert statuses(url, "first", "/devices", 40) == found


def test_refusals_may_come_in_phases(tenant: StudioOpenApi, url: str) -> None:
    tenant.throttling = Throttling(busy=0.5, calm=0.5)
    began = time.monotonic()
    assert statuses(url, "first", "/devices", 2) == [503, 503]
    time.sleep(max(0.0, began + 0.7 - time.monotonic()))
    assert statuses(url, "first", "/devices", 2) == [200, 200]


def test_answers_take_their_time_without_holding_up_each_other(
    tenant: StudioOpenApi, url: str
) -> None:
    tenant.latency = 0.3
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: Client(url, "first").get("/devices").status, range(20)))
    assert found == [200] * 20
    assert 0.3 <= time.monotonic() - began < 20 * 0.3 / 2
