"""The client: what goes out, what comes back, and what goes out again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
import pytest
import requests
from requests.auth import AuthBase
from requests_mock import ANY
from typing_extensions import override
from urllib3.connection import HTTPConnection

from singer_tapkit.client import ErrorBody, HttpClient, read_retry_after
from singer_tapkit.errors import (
    ApiError,
    GatewayError,
    InvalidResponseError,
    NoResponseError,
    RequestError,
    RetryAfterTooLongError,
)
from singer_tapkit.fake_server import Answer, FakeServer
from singer_tapkit.rate_limit import RateLimiter, RateLimitKey, Window
from tests.singer_tapkit.raw_server import chunked, response, serve_raw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest, Response
    from requests_mock import Mocker

API = "https://api.example/v1"
LOGGER = logging.getLogger("client-of-a-test")
OK: dict[str, Any] = {"json": {"id": 7}}
REFUSED: dict[str, Any] = {"status_code": 403, "json": {"message": "no scope"}}
PAGE = "<html>sentinel</html>"


class App(msgspec.Struct):
    """What the API answers."""

    id: int


class CountingAuth(AuthBase):
    """Signs each request with a number of its own."""

    def __init__(self, name: str = "signature") -> None:
        """Begin at 1."""
        self._name = name
        self._numbers = count(1)

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["X-Api-Key"] = f"{self._name}-{next(self._numbers)}"
        return r


class ApiClient(HttpClient):
    """A client with hints."""

    hints: ClassVar[Mapping[int, str]] = {403: "Ask for the scope."}


def open_client(**options: Any) -> ApiClient:
    """Return a client for the API."""
    return ApiClient([API], logger=LOGGER, **options)


def waits(slept: list[float]) -> list[float]:
    """Return how long would have been slept at least, without the jitter."""
    assert all(2 ** (index + 1) <= seconds for index, seconds in enumerate(slept) if index < 5)
    return [2.0 ** (index + 1) for index, _ in enumerate(slept)]


def test_an_answer_is_decoded_into_a_type(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/apps/7?lang=de", **OK)

    assert open_client().get_json("/apps/7", App, params={"lang": "de"}) == App(7)


def test_what_goes_out(requests_mock: Mocker) -> None:
    requests_mock.post(f"{API}/exports", json={})
    client = open_client(auth=CountingAuth(), headers={"User-Agent": "tap-x"}, timeout=30)

    client.request("POST", "/exports", json={"format": "csv"}, headers={"Accept": "text/csv"})

    sent = requests_mock.last_request
    assert sent is not None
    assert sent.json() == {"format": "csv"}
    assert sent.timeout == 30
    assert {name: sent.headers.get(name) for name in ("User-Agent", "Accept", "X-Api-Key")} == {
        "User-Agent": "tap-x",
        "Accept": "text/csv",
        "X-Api-Key": "signature-1",
    }


def test_a_request_may_have_credentials_and_an_address_of_its_own(requests_mock: Mocker) -> None:
    requests_mock.get("https://other.example/apps", **OK)
    client = open_client(auth=CountingAuth())

    client.get_json("/apps", App, auth=CountingAuth("other"), base_url="https://other.example")

    sent = requests_mock.last_request
    assert sent is not None
    assert sent.headers["X-Api-Key"] == "other-1"


def test_a_client_may_have_no_address_of_its_own(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/apps", **OK)

    client = HttpClient([], logger=LOGGER)

    assert client.get_json("/apps", App, base_url=API) == App(7)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 520])
@pytest.mark.parametrize("body", [{"json": {"message": "busy"}}, {"text": PAGE}, {}])
def test_what_may_pass_is_tried_again(
    requests_mock: Mocker, sleeps: list[float], status: int, body: dict[str, Any]
) -> None:
    busy: dict[str, Any] = {"status_code": status, **body}
    requests_mock.get(f"{API}/apps", [busy, busy, busy, OK])
    client = open_client()

    assert client.get_json("/apps", App) == App(7)
    assert waits(sleeps) == [2, 4, 8]
    assert client.retried == 3


def test_waits_double_up_to_a_minute_and_are_spread(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    requests_mock.get(f"{API}/apps", status_code=503)

    with pytest.raises(GatewayError, match="answered 503"):
        open_client(max_retries=8).get_json("/apps", App)

    expected = [2, 4, 8, 16, 32, 60, 60, 60]
    assert len(sleeps) == 8
    assert all(
        least <= seconds <= 1.25 * least for least, seconds in zip(expected, sleeps, strict=True)
    )
    assert len(set(sleeps)) == 8


def test_no_retries_may_be_wanted(requests_mock: Mocker, sleeps: list[float]) -> None:
    requests_mock.get(f"{API}/apps", status_code=503)

    with pytest.raises(GatewayError):
        open_client(max_retries=0).get_json("/apps", App)

    assert sleeps == []


def test_a_refusal_is_raised_at_once_in_the_words_of_the_api(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    requests_mock.get(f"{API}/apps", **REFUSED)

    with pytest.raises(ApiError) as error:
        open_client().get_json("/apps", App, params={"key": "sentinel"})

    assert str(error.value) == "GET /v1/apps answered 403: no scope. Ask for the scope."
    assert (error.value.status, error.value.detail) == (403, "no scope")
    assert sleeps == []


def test_an_error_may_have_a_status_and_a_code_in_its_body(requests_mock: Mocker) -> None:
    class Client(HttpClient):
        @override
        def validate_response(self, response: Response) -> None:
            super().validate_response(response)
            if "error" in response.json():
                raise self.error_of(response, status=404)

        @override
        def read_error_body(self, body: Any) -> ErrorBody | None:
            return ErrorBody("", code=body["error"])

    requests_mock.get(f"{API}/apps", json={"error": "E404"}, reason="OK")

    with pytest.raises(ApiError, match="answered 404: OK") as error:
        Client([API], logger=LOGGER).get_json("/apps", App)

    assert (error.value.status, error.value.code) == (404, "E404")


def test_an_error_may_be_plain_text(requests_mock: Mocker) -> None:
    class Client(HttpClient):
        @override
        def read_plain_error(self, response: Response) -> ErrorBody | None:
            return ErrorBody(response.text) if response.status_code == 404 else None

    requests_mock.get(f"{API}/apps", [{"status_code": 404, "text": "no such app"}])

    with pytest.raises(ApiError, match="answered 404: no such app"):
        Client([API], logger=LOGGER).get_json("/apps", App)


@pytest.mark.parametrize(
    "foreign",
    [
        {"text": PAGE, "headers": {"Content-Type": "text/html"}},
        {"text": "default backend - 404 sentinel"},
        {"text": ""},
        {"json": {"firstName": "sentinel"}},
        {"json": {"message": {"sentinel": 1}}},
        {"json": ["sentinel"]},
        {"content": b'{"message":"sentinel'},
    ],
)
@pytest.mark.parametrize("status", [401, 403, 404, 416])
def test_what_is_not_in_the_words_of_the_api_is_from_something_else_and_not_quoted(
    requests_mock: Mocker, sleeps: list[float], status: int, foreign: dict[str, Any]
) -> None:
    requests_mock.get(f"{API}/apps", status_code=status, **foreign)

    with pytest.raises(GatewayError) as error:
        open_client().get_json("/apps", App)

    assert error.value.status == status
    assert f"GET /v1/apps answered {status}" in str(error.value)
    assert "Ask for the scope" not in str(error.value)
    assert "sentinel" not in str(error.value)
    assert waits(sleeps) == [2, 4]


def test_data_with_a_status_of_success_but_foreign_text_is_invalid(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/apps", text=PAGE)

    with pytest.raises(InvalidResponseError, match="a page of HTML") as error:
        open_client().get_json("/apps", App)

    assert HttpClient.not_api_hint in str(error.value)
    assert "sentinel" not in str(error.value)


def test_credentials_in_the_words_of_the_api_are_masked(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/apps", status_code=401, json={"message": "unknown: signature-1"})

    with pytest.raises(ApiError, match=r"unknown: \*\*\*") as error:
        open_client(auth=CountingAuth()).get_json("/apps", App)

    assert error.value.detail == "unknown: ***"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_named_but_not_followed(
    requests_mock: Mocker, sleeps: list[float], status: int
) -> None:
    target = "https://me:sentinel@login.example/sign%20in?key=sentinel#sentinel"
    requests_mock.get(ANY, status_code=status, headers={"Location": target})

    with pytest.raises(GatewayError, match="a redirect to https:") as error:
        open_client().get_json("/apps", App)

    assert requests_mock.call_count == 1
    assert sleeps == []
    assert "https://login.example/sign%20in. " in str(error.value)
    assert HttpClient.redirect_hint in str(error.value)
    assert "sentinel" not in str(error.value)


@pytest.mark.parametrize("asked", ["7", "7.0", " 7 "])
def test_the_server_may_say_how_long_to_wait(
    requests_mock: Mocker, sleeps: list[float], asked: str
) -> None:
    busy: dict[str, Any] = {**REFUSED, "status_code": 429, "headers": {"Retry-After": asked}}
    requests_mock.get(f"{API}/apps", [busy, OK])

    open_client().get_json("/apps", App)

    assert sleeps == [8]


@pytest.mark.parametrize(
    ("seconds", "at_least", "at_most"), [(100, 99, 101), (-100, 1, 1), (3600, 3599, 3601)]
)
def test_the_server_may_say_until_when_to_wait(
    requests_mock: Mocker, sleeps: list[float], seconds: int, at_least: int, at_most: int
) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    requests_mock.get(f"{API}/apps", [{"status_code": 503, "headers": {"Retry-After": moment}}, OK])

    open_client().get_json("/apps", App)

    assert at_least <= sleeps[0] <= at_most


@pytest.mark.parametrize("asked", ["soon", "", "1,5", "Thu, 99 Foo 2026", "-"])
def test_what_is_no_time_to_wait_is_passed_over(
    requests_mock: Mocker, sleeps: list[float], asked: str
) -> None:
    requests_mock.get(f"{API}/apps", [{"status_code": 503, "headers": {"Retry-After": asked}}, OK])

    open_client().get_json("/apps", App)

    assert waits(sleeps) == [2]


@pytest.mark.parametrize("asked", ["3701", "9" * 400])
def test_a_wait_longer_than_any_limit_lasts_ends_it(
    requests_mock: Mocker, sleeps: list[float], asked: str
) -> None:
    requests_mock.get(
        f"{API}/apps", status_code=429, json={"message": "busy"}, headers={"Retry-After": asked}
    )

    with pytest.raises(RetryAfterTooLongError, match=r"busy\. The server wants a wait of"):
        open_client().get_json("/apps", App)

    assert sleeps == []


def test_a_time_without_zone_is_in_utc() -> None:
    answer = requests.Response()
    answer.headers["Retry-After"] = "Thu, 01 Jan 2026 00:00:00 -0000"

    assert read_retry_after(answer) == pytest.approx(
        (datetime(2026, 1, 1, tzinfo=UTC) - datetime.now(UTC)).total_seconds(), abs=5
    )


def test_each_try_is_signed_anew(requests_mock: Mocker, sleeps: list[float]) -> None:
    requests_mock.get(f"{API}/apps", [{"status_code": 503}, {"status_code": 503}, OK])

    open_client(auth=CountingAuth()).get_json("/apps", App)

    assert len(sleeps) == 2
    assert [sent.headers["X-Api-Key"] for sent in requests_mock.request_history] == [
        "signature-1",
        "signature-2",
        "signature-3",
    ]


@pytest.mark.parametrize(
    "value", ["sentinel\n", "sentinel\r\nX: 1", "sentinel\0", "\u2013sentinel"]
)
@pytest.mark.parametrize("by", ["auth", "headers"])
def test_a_header_that_cannot_be_sent_is_blamed_on_the_settings_and_not_quoted(
    sleeps: list[float], by: str, value: str
) -> None:
    class Auth(AuthBase):
        @override
        def __call__(self, r: PreparedRequest) -> PreparedRequest:
            r.headers["X-Api-Key"] = value
            return r

    client = open_client(auth=Auth()) if by == "auth" else open_client(headers={"X-Api-Key": value})

    with pytest.raises(RequestError, match="A GET request cannot be sent") as error:
        client.get_json("/apps", App)

    assert "settings" in str(error.value)
    assert "sentinel" not in str(error.value)
    assert error.value.__cause__ is None
    assert sleeps == []


def test_a_header_may_be_bytes_in_latin_1(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/apps", **OK)

    assert open_client(headers={"X-Name": "Köln".encode("latin-1")}).get_json("/apps", App)


@pytest.mark.parametrize("url", ["https://", "no-scheme", "https://.sentinel"])
def test_an_address_that_is_none_is_blamed_on_the_settings_and_not_quoted(url: str) -> None:
    with pytest.raises(RequestError, match="cannot be sent: ") as error:
        open_client(max_retries=0).get_json("/apps", App, base_url=url)

    assert "sentinel" not in str(error.value)


def test_an_address_of_another_kind_is_not_quoted(sleeps: list[float]) -> None:
    with pytest.raises(NoResponseError, match="no answer to GET /apps, InvalidSchema") as error:
        open_client().get_json("/apps", App, base_url="sentinel://sentinel")

    assert "sentinel" not in str(error.value)
    assert sleeps == []


def test_answers_from_a_socket_come_over_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    connect = HTTPConnection.connect
    monkeypatch.setattr(
        HTTPConnection, "connect", lambda connection: opened.append(connect(connection))
    )
    with FakeServer() as server:
        server.respond("/apps", Answer(json={"id": 7}), Answer(json={"id": 8}, gzip=True))
        client = HttpClient([server.url], logger=LOGGER)

        answers = [client.get_json("/apps", App) for _ in range(5)]

        assert [app.id for app in answers] == [7, 8, 8, 8, 8]

    assert len(opened) == 1


@pytest.mark.parametrize(
    "broken",
    [
        Answer(reset=True),
        Answer(json={"id": 7}, gzip=True, gzip_cut=4),
        Answer(json={"id": 7}, close_after=3),
    ],
)
def test_a_broken_transfer_is_tried_again(sleeps: list[float], broken: Answer) -> None:
    with FakeServer() as server:
        server.respond("/apps", broken, broken, Answer(json={"id": 7}))
        client = HttpClient([server.url], logger=LOGGER)

        assert client.get_json("/apps", App) == App(7)

    assert waits(sleeps) == [2, 4]


@pytest.mark.parametrize("body", [b'{"id":', b'{"id":7', b'{"id":7}\r\n'])
def test_json_cut_in_good_order_is_tried_again(sleeps: list[float], body: bytes) -> None:
    with FakeServer() as server:
        server.respond("/apps", Answer(body=body), Answer(json={"id": 7}))

        assert HttpClient([server.url], logger=LOGGER).get_json("/apps", App) == App(7)

    assert len(sleeps) == (0 if body.endswith(b"\n") else 1)


def test_a_break_is_told_with_the_request_and_what_to_do(sleeps: list[float]) -> None:
    with FakeServer() as server:
        server.respond("/apps", Answer(json={"id": 7}, gzip=True, gzip_cut=4))

        with pytest.raises(NoResponseError) as error:
            HttpClient([server.url], logger=LOGGER).get_json("/apps", App, params={"a": "sentinel"})

    assert "no complete answer to GET /apps" in str(error.value)
    assert "'request_timeout'" in str(error.value)
    assert "sentinel" not in str(error.value)
    assert len(sleeps) == 6


def test_a_server_that_says_nothing_is_given_up(sleeps: list[float]) -> None:
    with FakeServer() as server:
        server.respond("/apps", Answer(delay=0.3))

        with pytest.raises(NoResponseError, match="ReadTimeout"):
            HttpClient([server.url], logger=LOGGER, timeout=0.05, max_retries=1).get_json(
                "/apps", App
            )

    assert waits(sleeps) == [2]


def test_a_host_silent_through_all_retries_is_asked_once_from_then_on(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    requests_mock.get(ANY, exc=requests.ConnectTimeout)
    client = open_client()

    for _ in range(3):
        with pytest.raises(NoResponseError):
            client.get_json("/apps", App)

    assert len(sleeps) == 6
    with pytest.raises(NoResponseError):
        client.get_json("/apps", App, base_url="https://other.example")
    assert len(sleeps) == 12


def test_a_host_that_has_answered_before_keeps_its_retries(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    silence: dict[str, Any] = {"exc": requests.ReadTimeout}
    requests_mock.get(ANY, [OK, *[silence] * 7, silence, OK])
    client = open_client()
    client.get_json("/apps", App)
    with pytest.raises(NoResponseError):
        client.get_json("/apps", App)

    assert client.get_json("/apps", App) == App(7)
    assert len(sleeps) == 7


def test_a_host_that_comes_back_has_its_retries_again(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    silence: dict[str, Any] = {"exc": requests.ConnectionError}
    requests_mock.get(ANY, [*[silence] * 7, OK, silence, OK])
    client = open_client()
    with pytest.raises(NoResponseError):
        client.get_json("/apps", App)

    assert [client.get_json("/apps", App) for _ in range(2)] == [App(7), App(7)]
    assert len(sleeps) == 7


def test_answers_that_are_always_cut_do_not_end_the_retries_of_others(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    cut: dict[str, Any] = {"text": '{"id":'}
    requests_mock.get(f"{API}/apps", **cut)
    requests_mock.get(f"{API}/users", [cut, OK])
    client = open_client()
    with pytest.raises(NoResponseError):
        client.get_json("/apps", App)

    assert client.get_json("/users", App) == App(7)
    assert len(sleeps) == 7


def test_a_body_can_be_read_in_chunks() -> None:
    with FakeServer() as server:
        server.respond("/export", Answer(body=b"x" * 100_000))
        client = HttpClient([server.url], logger=LOGGER)

        unread = client.send("GET", "/export", stream=True)

        assert not unread._content_consumed  # type: ignore[attr-defined]  # noqa: SLF001
        assert b"".join(client.read_chunks(unread, 1000)) == b"x" * 100_000


def test_a_break_in_chunks_is_no_response() -> None:
    with FakeServer() as server:
        server.respond("/export", Answer(body=b"x" * 100_000, close_after=70_000))
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


def test_interim_responses_are_read_over() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
    final = response(b'{"id":7}', "Content-Type: application/json")
    with serve_raw(b"HTTP/1.1 100 Continue\r\n\r\n" + hints + hints + final) as server:
        assert HttpClient([server.url], logger=LOGGER).get_json("/apps", App) == App(7)


def test_a_malformed_header_line_is_not_logged_with_the_url(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = response(chunked(b'{"id":7}'), "Transfer-Encoding: chunked", "sentinel without colon")
    with serve_raw(broken) as server:
        client = HttpClient([server.url], logger=LOGGER)

        assert client.get_json("/apps", App, params={"key": "sentinel"}) == App(7)

    assert [entry for entry in caplog.records if entry.levelno >= logging.WARNING] == []


def test_the_first_retries_are_logged_and_all_are_counted(
    requests_mock: Mocker, sleeps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, LOGGER.name)
    requests_mock.get(f"{API}/apps", status_code=503)
    client = open_client(max_retries=5)

    with pytest.raises(GatewayError):
        client.get_json("/apps", App)

    told = [entry for entry in caplog.records if "Trying again" in entry.getMessage()]
    assert [entry.levelname for entry in told] == ["WARNING"] * 3 + ["DEBUG"] * 2
    assert "GET /v1/apps answered 503" in told[0].getMessage()
    assert client.retried == len(sleeps) == 5


def test_threads_use_one_client() -> None:
    with FakeServer() as server:
        server.respond("/apps", Answer(status=503), *[Answer(json={"id": 7})] * 2)
        client = HttpClient(
            [server.url], logger=LOGGER, auth=CountingAuth(), max_retries=0, max_concurrency=8
        )
        with pytest.raises(GatewayError):
            client.get_json("/apps", App)
        answers: list[App] = []
        start = Barrier(8)

        def ask() -> None:
            start.wait()
            answers.extend(client.get_json("/apps", App) for _ in range(25))

        threads = [Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert answers == [App(7)] * 200
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


def test_a_limit_that_lasts_too_long_is_a_refusal(
    requests_mock: Mocker, sleeps: list[float], clock: Clock
) -> None:
    requests_mock.get(
        f"{API}/apps",
        status_code=429,
        json={"message": "busy"},
        headers={"Retry-After": "600"},
    )
    client = WaitingClient([API], logger=LOGGER, max_retries=0, rate_limiter=clock.limiter())

    with pytest.raises(ApiError, match="busy"):
        client.get_json("/apps", App)

    assert clock.now == 601
    assert sleeps == []


def test_without_waiting_a_request_beyond_a_limit_is_a_refusal(
    requests_mock: Mocker, clock: Clock
) -> None:
    requests_mock.get(f"{API}/apps", status_code=429, json={"message": "busy"})

    with pytest.raises(ApiError, match="busy"):
        open_client(max_retries=0, rate_limiter=clock.limiter()).get_json("/apps", App)

    assert clock.now == 0
