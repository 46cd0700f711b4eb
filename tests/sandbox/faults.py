"""Faults on demand: what an application answers instead of, or how it spoils, its own answer."""

from __future__ import annotations

import asyncio
import fnmatch
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.sandbox.server import TRANSPORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.traffic import ReceivedRequest


Effect = Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]
"""What happens to a request: it answers, lets the application answer, or does neither."""


@dataclass(frozen=True)
class Answer:
    """A given answer; the application never sees the request."""

    status: int
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    async def __call__(self, _: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        await Response(self.body, self.status, dict(self.headers))(scope, receive, send)


@dataclass(frozen=True)
class Reset:
    """The connection is reset before any answer.

    With ``handled`` the application has done its work first, as when a proxy dies too late.
    """

    handled: bool = False

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, _: Send) -> None:
        """Drop the connection so that the client sees a reset, not an orderly end."""

        async def discard(_: Message) -> None:
            """Keep an answer from the client."""

        if self.handled:
            await app(scope, receive, discard)
        transport = scope["extensions"][TRANSPORT]
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


@dataclass(frozen=True)
class CutOff:
    """The application's answer ends after so many bytes of its body."""

    after: int

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the answer begin and break it off."""
        left = self.after

        async def send_part(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.body":
                part = message.get("body", b"")[:left]
                left -= len(part)
                message = {"type": message["type"], "body": part, "more_body": True}
            await send(message)

        await app(scope, receive, send_part)


@dataclass(frozen=True)
class Delay:
    """The application starts on the request only after some seconds."""

    seconds: float

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then let the application answer."""
        await asyncio.sleep(self.seconds)
        await app(scope, receive, send)


def html_page(status: int, headline: str) -> Answer:
    """Return the page that a proxy puts in front of a server in trouble."""
    page = f"<html><head><title>{headline}</title></head><body><h1>{headline}</h1></body></html>"
    return Answer(status, page, {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Fault:
    """One fault: which requests it catches, how many of them, and what it does to them."""

    method: str
    path: str
    effect: Effect
    times: int | None
    skip: int
    when: Callable[[ReceivedRequest], bool] | None
    caught: int = 0

    def catches(self, request: ReceivedRequest) -> bool:
        """Return whether the fault takes this request, and count it if so."""
        fits = (
            self.caught != self.times
            and self.method in {"*", request.method}
            and fnmatch.fnmatchcase(request.path, self.path)
            and (self.when is None or self.when(request))
        )
        if not fits:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.caught += 1
        return True


class Faults:
    """The faults of one sandbox, tried in the order in which they were added."""

    def __init__(self) -> None:
        """Start without any."""
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        method: str,
        path: str,
        effect: Effect,
        *,
        times: int | None = 1,
        skip: int = 0,
        when: Callable[[ReceivedRequest], bool] | None = None,
    ) -> Fault:
        """Add a fault.

        Args:
            method: HTTP method, or ``*`` for any.
            path: Path without query; ``*`` and ``?`` stand for any text and any character.
            effect: What happens, such as ``Answer(503)`` or ``Reset()``.
            times: How many requests are caught; None for all from then on.
            skip: How many matching requests pass first.
            when: Further condition on the request.

        Returns:
            The fault, whose ``caught`` counts the requests it has spoiled.
        """
        fault = Fault(method, path, effect, times, skip, when)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def find_effect(self, request: ReceivedRequest) -> Effect | None:
        """Return what the first fault that catches the request does to it, if one does."""
        with self._lock:
            return next((fault.effect for fault in self._faults if fault.catches(request)), None)
