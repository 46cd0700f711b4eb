"""What the sandboxes of all services have in common, as tests see them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.requests import Request

from tests.sandbox import server
from tests.sandbox.faults import Faults
from tests.sandbox.traffic import ReceivedRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class Sandbox:
    """A server with what a test puts in. Everything may be changed while it serves.

    Attributes:
        requests: What was received, in order.
        faults: What goes wrong on demand.
    """

    def __init__(self, application: ASGIApp) -> None:
        """Stand before an application."""
        self._application = application
        self.requests: list[ReceivedRequest] = []
        self.faults = Faults()

    @property
    def base_path(self) -> str:
        """What comes after the host in the URL that a tap is given."""
        return ""

    @contextlib.contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve until the block is left.

        Yields:
            The URL that a tap is given.
        """
        with server.serve(self._handle, port) as url:
            yield url + self.base_path

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep a record of a request, and let the application answer it, or a fault."""
        received = await _receive(Request(scope, receive))
        self.requests.append(received)
        body: list[Message] = [{"type": "http.request", "body": received.body, "more_body": False}]

        async def replay() -> Message:
            return body.pop() if body else await receive()

        async def note_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                received.status = message["status"]
            await send(message)

        effect = self.faults.find_effect(received)
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
    )
