"""Keeps a record of every request and lets faults have their way with it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.requests import Request

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.sandbox.faults import Faults


@dataclass
class ReceivedRequest:
    """One request as it arrived, and the status it was answered with."""

    method: str
    path: str
    """Path as sent, percent-encoding included."""
    raw_query: str
    query: dict[str, list[str]]
    headers: Headers
    body: bytes
    host: str
    time: float
    """Seconds of the monotonic clock."""
    status: int | None = None
    """None as long as there is no answer, and for ever after a reset."""


class Traffic:
    """ASGI application in front of another: records requests, applies faults."""

    def __init__(
        self, application: ASGIApp, requests: list[ReceivedRequest], faults: Faults
    ) -> None:
        """Stand before an application.

        Args:
            application: What answers requests that no fault catches.
            requests: The record, in order of arrival.
            faults: The faults to try.
        """
        self._application = application
        self._requests = requests
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        request = Request(scope, receive)
        received = await _receive(request)
        self._requests.append(received)

        body: list[Message] = [{"type": "http.request", "body": received.body, "more_body": False}]

        async def replay() -> Message:
            return body.pop() if body else await receive()

        async def note_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                received.status = message["status"]
            await send(message)

        effect = self._faults.find_effect(received)
        if effect is None:
            await self._application(scope, replay, note_status)
        else:
            await effect(self._application, scope, replay, note_status)


async def _receive(request: Request) -> ReceivedRequest:
    raw_query = request.scope["query_string"].decode("latin-1")
    return ReceivedRequest(
        method=request.method,
        path=request.scope["raw_path"].decode("latin-1"),
        raw_query=raw_query,
        query=parse_qs(raw_query, keep_blank_values=True),
        headers=request.headers,
        body=await request.body(),
        host=request.headers.get("host", ""),
        time=time.monotonic(),
    )
