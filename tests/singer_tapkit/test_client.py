"""The client: what goes out, what comes back, and within which limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests_mock import ANY
from urllib3.connection import HTTPConnection

from singer_tapkit.client import HttpClient
from singer_tapkit.errors import (
    ApiError,
    GatewayError,
    NoResponseError,
)
from singer_tapkit.fake_server import FakeResponse, FakeServer
from singer_tapkit.rate_limit import RateLimiter, RateLimitKey, Window
from tests.singer_tapkit.api_client import (
    API,
    LOGGER,
    OK,
    REFUSED,
    App,
    CountingAuth,
    open_client,
    remove_jitter,
)

if TYPE_CHECKING:
    from requests_mock import Mocker


def test_what_goes_out_and_what_comes_back(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/apps/7?lang=de", **OK)
    client = open_client(auth=CountingAuth(), config={"user_agent": "tap-x", "request_timeout": 30})

    assert client.get_json("/apps/7", App, params={"lang": "de"}) == App(7)

    sent = requests_mock.request_history[0]
    assert sent.timeout == 30
    assert (sent.headers["User-Agent"], sent.headers["X-Api-Key"]) == ("tap-x", "signature-1")


def test_a_request_may_have_a_body_credentials_and_an_address_of_its_own(
    requests_mock: Mocker,
) -> None:
    requests_mock.post("https://other.example/exports", json={})

    open_client(auth=CountingAuth()).request(
        "POST",
        "/exports",
        json={"format": "csv"},
        headers={"Accept": "text/csv"},
        auth=CountingAuth("other"),
        base_url="https://other.example",
    )

    sent = requests_mock.request_history[0]
    assert sent.json() == {"format": "csv"}
    assert (sent.headers["Accept"], sent.headers["X-Api-Key"]) == ("text/csv", "other-1")


def test_responses_from_a_socket_come_over_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    connect = HTTPConnection.connect
    monkeypatch.setattr(
        HTTPConnection, "connect", lambda connection: opened.append(connect(connection))
    )
    with FakeServer() as server:
        server.respond(
            "/apps", FakeResponse(json={"id": 7}), FakeResponse(json={"id": 8}, gzip=True)
        )
        client = HttpClient([server.url], logger=LOGGER)

        responses = [client.get_json("/apps", App) for _ in range(5)]

        assert [app.id for app in responses] == [7, 8, 8, 8, 8]

    assert len(opened) == 1


@pytest.mark.parametrize(
    "broken",
    [
        FakeResponse(reset=True),
        FakeResponse(json={"id": 7}, gzip=True, gzip_cut=4),
        FakeResponse(json={"id": 7}, close_after=3),
    ],
)
def test_a_broken_transfer_is_tried_again(sleeps: list[float], broken: FakeResponse) -> None:
    with FakeServer() as server:
        server.respond("/apps", broken, broken, FakeResponse(json={"id": 7}))
        client = HttpClient([server.url], logger=LOGGER)

        assert client.get_json("/apps", App) == App(7)

    assert remove_jitter(sleeps) == [2, 4]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (FakeResponse(json={"id": 7}, gzip=True, gzip_cut=4), "no complete response to GET /apps"),
        (FakeResponse(delay=0.3), "no response to GET /apps, ReadTimeout"),
    ],
)
def test_a_break_is_reported_with_the_request_and_what_to_do(
    sleeps: list[float], broken: FakeResponse, words: str
) -> None:
    with FakeServer() as server:
        server.respond("/apps", broken)
        client = HttpClient(
            [server.url], logger=LOGGER, config={"request_timeout": 0.1, "max_retries": 1}
        )

        with pytest.raises(NoResponseError, match=words) as error:
            client.get_json("/apps", App, params={"a": "sentinel"})

    assert "'request_timeout'" in str(error.value)
    assert "sentinel" not in str(error.value)
    assert remove_jitter(sleeps) == [2]


def test_a_body_can_be_read_in_chunks() -> None:
    with FakeServer() as server:
        server.respond("/export", FakeResponse(body=b"x" * 100_000))
        client = HttpClient([server.url], logger=LOGGER)

        unread = client.send("GET", "/export", stream=True)

        assert not unread._content_consumed  # type: ignore[attr-defined]  # noqa: SLF001
        assert b"".join(client.read_chunks(unread, 1000)) == b"x" * 100_000


def test_a_break_in_chunks_is_no_response() -> None:
    with FakeServer() as server:
        server.respond("/export", FakeResponse(body=b"x" * 100_000, close_after=70_000))
        client = HttpClient([server.url], logger=LOGGER)

        chunks = client.read_chunks(client.send("GET", "/export", stream=True))
        received = next(chunks)
        with pytest.raises(NoResponseError, match="GET /export") as error:
            list(chunks)

    assert received.strip(b"x") == b""
    assert error.value.is_retriable


def test_a_refused_stream_is_read_for_its_words(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/export", **REFUSED)

    with pytest.raises(ApiError, match="no scope"):
        open_client().send("GET", "/export", stream=True)


def test_a_single_try_is_not_repeated(requests_mock: Mocker, sleeps: list[float]) -> None:
    requests_mock.post(f"{API}/exports", status_code=503)

    with pytest.raises(GatewayError):
        open_client().send("POST", "/exports")

    assert sleeps == []


def test_threads_use_one_client() -> None:
    with FakeServer() as server:
        server.respond("/apps", FakeResponse(status=503), *[FakeResponse(json={"id": 7})] * 2)
        client = HttpClient(
            [server.url],
            logger=LOGGER,
            auth=CountingAuth(),
            config={"max_retries": 0},
            max_concurrency=8,
        )
        with pytest.raises(GatewayError):
            client.get_json("/apps", App)
        responses: list[App] = []
        start = Barrier(8)

        def ask() -> None:
            start.wait()
            responses.extend(client.get_json("/apps", App) for _ in range(25))

        with ThreadPoolExecutor(8) as threads:
            for _ in range(8):
                threads.submit(ask)

        assert responses == [App(7)] * 200
        assert len({sent.headers["x-api-key"] for sent in server.requests}) == 201


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin at 0."""
        self.now = 0.0
        monkeypatch.setattr("singer_tapkit.client.time.monotonic", lambda: self.now)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def limiter(self, *windows: Window) -> RateLimiter:
        """Return a rate limiter by this clock."""
        return RateLimiter(LOGGER, windows, clock=lambda: self.now, sleep=self.sleep)


class WaitingClient(HttpClient):
    """A client that waits where the server has a limit."""

    waits_for_limits = True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_requests_are_held_back_within_the_limits(requests_mock: Mocker, clock: Clock) -> None:
    requests_mock.get(f"{API}/apps", **OK)
    client = open_client(rate_limiter=clock.limiter(Window(2, 10)))

    for _ in range(5):
        client.get_json("/apps", App)

    assert 20 <= clock.now < 21


def test_each_host_has_a_limit_of_its_own(requests_mock: Mocker, clock: Clock) -> None:
    requests_mock.get(ANY, **OK)
    client = open_client(rate_limiter=clock.limiter(Window(1, 10)))

    client.get_json("/apps", App)
    client.get_json("/apps", App, base_url="https://other.example")

    assert clock.now == 0
    assert client.rate_limit_key(requests.Request("GET", API).prepare()) == RateLimitKey(
        "api.example"
    )


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "20"}, 42), ({}, 122), ({"Retry-After": "-5"}, 2)],
)
def test_a_request_beyond_a_limit_waits_and_is_signed_anew(
    requests_mock: Mocker,
    sleeps: list[float],
    clock: Clock,
    headers: dict[str, str],
    seconds: float,
) -> None:
    busy: dict[str, Any] = {"status_code": 429, "headers": headers}
    requests_mock.get(f"{API}/apps", [busy, busy, OK])
    client = WaitingClient([API], logger=LOGGER, auth=CountingAuth(), rate_limiter=clock.limiter())

    assert client.get_json("/apps", App) == App(7)
    assert clock.now == seconds
    assert sleeps == []
    signatures = [sent.headers["X-Api-Key"] for sent in requests_mock.request_history]
    assert len(set(signatures)) == 3


@pytest.mark.parametrize(("client_class", "waited"), [(WaitingClient, 601), (HttpClient, 0)])
def test_a_limit_that_lasts_too_long_or_is_not_waited_for_is_a_refusal(
    requests_mock: Mocker,
    sleeps: list[float],
    clock: Clock,
    client_class: type[HttpClient],
    waited: int,
) -> None:
    busy: dict[str, Any] = {"json": {"message": "busy"}, "headers": {"Retry-After": "600"}}
    requests_mock.get(f"{API}/apps", status_code=429, **busy)
    client = client_class(
        [API], logger=LOGGER, config={"max_retries": 0}, rate_limiter=clock.limiter()
    )

    with pytest.raises(ApiError, match="busy"):
        client.get_json("/apps", App)

    assert clock.now == waited
    assert sleeps == []
