"""The server, its record of requests, and faults, with an application that only says hello."""

from __future__ import annotations

import contextlib
import gc
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests
from starlette.responses import PlainTextResponse

from tests.sandbox import server
from tests.sandbox.faults import Answer, CutOff, Delay, Effect, Reset, html_page
from tests.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

HELLO = "hello" * 10


async def say_hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(HELLO)(scope, receive, send)


class Hello(Sandbox):
    """Says the same to everybody, and counts them."""

    def __init__(self) -> None:
        """Has greeted nobody yet."""
        super().__init__(self._greet)
        self.greeted = 0
        self.url = ""

    async def _greet(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.greeted += 1
        await say_hello(scope, receive, send)


@pytest.fixture
def hello() -> Iterator[Hello]:
    """A running server."""
    sandbox = Hello()
    with sandbox.serve() as sandbox.url:
        yield sandbox


def get(url: str, timeout: float = 5) -> requests.Response:
    """Send one request, on a connection of its own."""
    return requests.get(url, timeout=timeout)


def test_requests_are_recorded_in_order(hello: Hello) -> None:
    get(f"{hello.url}/a%2Fb?x=1&x=2&y=")
    requests.post(f"{hello.url}/c", data=b"body", headers={"X-Name": "value"}, timeout=5)
    first, second = hello.requests
    assert (first.method, first.path, first.raw_query) == ("GET", "/a%2Fb", "x=1&x=2&y=")
    assert first.query == {"x": ["1", "2"], "y": [""]}
    assert (second.method, second.body, second.headers["x-name"]) == ("POST", b"body", "value")
    assert hello.url.endswith(second.host)
    assert [first.status, second.status] == [200, 200]
    assert first.time < second.time


def test_a_port_is_free_again_after_serving() -> None:
    with server.serve(say_hello) as url:
        port = int(url.rpartition(":")[2])
    with server.serve(say_hello, port) as again:
        assert again == url
        assert get(again).text == HELLO


def test_an_application_that_fails_does_not_go_unnoticed() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError("broken")

    with pytest.raises(RuntimeError, match="the application has failed") as failure:  # noqa: SIM117
        with server.serve(broken) as url:
            assert get(url).status_code == 500
    assert isinstance(failure.value.__cause__, ValueError)


def test_a_fault_catches_so_many_requests_of_a_method_and_path(hello: Hello) -> None:
    fault = hello.faults.add("GET", "/a/*", Answer(503, "busy"), times=2)

    statuses = [get(hello.url + path).status_code for path in ("/a/1", "/b", "/a/2", "/a/3")]

    assert statuses == [503, 200, 503, 200]
    assert (fault.caught, hello.greeted) == (2, 2)


def test_a_fault_can_let_requests_pass_and_look_at_them_until_it_is_cleared(hello: Hello) -> None:
    page = html_page(502, "Bad gateway")
    hello.faults.add("*", "*", page, times=None, skip=1, when=lambda one: "bad" in one.query)

    answers = [get(f"{hello.url}/?{query}") for query in ("bad=1", "good=1", "bad=1", "bad=1")]
    hello.faults.clear()
    answers.append(get(f"{hello.url}/?bad=1"))

    assert [answer.status_code for answer in answers] == [200, 200, 502, 502, 200]
    assert "<h1>Bad gateway</h1>" in answers[2].text
    assert hello.requests[2].status == 502


@pytest.mark.parametrize(("effect", "greeted"), [(Reset(), 0), (Reset(handled=True), 1)])
def test_a_connection_can_be_reset(hello: Hello, effect: Effect, greeted: int) -> None:
    hello.faults.add("GET", "*", effect)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        get(hello.url)
    assert hello.greeted == greeted
    assert hello.requests[0].status is None


def test_a_body_can_be_cut_off(hello: Hello) -> None:
    hello.faults.add("GET", "*", CutOff(7))
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="7 bytes read, 43 more"):
        get(hello.url)
    assert get(hello.url).text == HELLO


def test_an_answer_can_be_late(hello: Hello) -> None:
    hello.faults.add("GET", "*", Delay(0.5))
    with pytest.raises(requests.ReadTimeout):
        get(hello.url, timeout=0.1)


def test_connections_that_come_while_it_stops_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    unclosed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unclosed.append)
    held: list[socket.socket] = []
    has_stopped = threading.Event()

    def connect(address: tuple[str, int]) -> None:
        with contextlib.suppress(OSError):
            while not has_stopped.is_set():
                held.append(socket.create_connection(address, timeout=1))

    with server.serve(say_hello) as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        threads = [threading.Thread(target=connect, args=(address,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.1)
    has_stopped.set()
    for thread in threads:
        thread.join()
    for connection in held:
        connection.close()
    gc.collect()
    assert unclosed == []
