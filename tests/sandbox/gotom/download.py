"""The answer that carries a report."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from typing_extensions import override

from tests.sandbox.gotom.reports import Ending
from tests.sandbox.server import CONNECTION, Connection

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.sandbox.gotom.reports import Report


class Download(Response):
    """Sends a report in the way it is to be sent."""

    def __init__(self, report: Report) -> None:
        """Prepares the head of the answer."""
        super().__init__(None, report.status, report.headers)
        self._report = report
        del self.headers["Content-Length"]
        if report.content_type is not None:
            self.headers["Content-Type"] = report.content_type
        if report.declares_length:
            self.headers["Content-Length"] = str(report.size)

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the report until it ends or the client is gone."""
        await asyncio.sleep(self._report.delay)
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        # As the request has been read, nothing but the client's leave can be received.
        gone = asyncio.ensure_future(receive())
        try:
            for piece in self._report.pieces():
                await send(_body(piece, more=True))
                # Gives the other requests a turn, and a client that left a chance to be noticed.
                await asyncio.sleep(0)
                if gone.done():
                    return
        finally:
            gone.cancel()
        await self._end(scope, send)

    async def _end(self, scope: Scope, send: Send) -> None:
        report = self._report
        if report.ends_after is None or report.ending is Ending.ORDERLY:
            await send(_body(b"", more=False))
        elif report.ending is Ending.RESET:
            connection: Connection = scope["extensions"][CONNECTION]
            connection.reset()


def _body(part: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": more}
