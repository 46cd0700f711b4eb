"""Saved reports, and how they are sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from starlette.responses import Response
from typing_extensions import override

from tests.sandbox.gotom.csv_content import PLAIN, Dialect, encode
from tests.sandbox.gotom.generated_csv import GeneratedCsv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from starlette.types import Receive, Scope, Send

Kind = Literal["graph", "custom"]
"""The two kinds of reports; each is downloaded at an address of its own."""

CSV = "text/csv;charset=utf-8"

_PIECE = 256 * 1024


@dataclass(frozen=True)
class Report:
    """One saved report."""

    content: bytes | GeneratedCsv

    @classmethod
    def of_rows(
        cls, header: Sequence[str], rows: Iterable[Sequence[str]], dialect: Dialect = PLAIN
    ) -> Report:
        """Return a report of these rows."""
        return cls(encode(header, rows, dialect))

    @classmethod
    def of_size(cls, size: int) -> Report:
        """Return a report of so many bytes or up to one row more, made while it is sent."""
        return cls(GeneratedCsv.of_size(size))

    def pieces(self) -> Iterator[bytes]:
        """Yield the report, piece by piece."""
        if isinstance(self.content, GeneratedCsv):
            return self.content.pieces()
        starts = range(0, len(self.content), _PIECE)
        return (self.content[start : start + _PIECE] for start in starts)


class Download(Response):
    """A response that is a report."""

    def __init__(self, report: Report) -> None:
        """Prepare the head of the response."""
        super().__init__(None, headers={"Content-Type": CSV})
        self._report = report
        del self.headers["Content-Length"]

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the report until it ends or the client is gone."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        # As the request has been read, nothing but the client's leave can be received.
        gone = asyncio.ensure_future(receive())
        try:
            for piece in self._report.pieces():
                await send(_build_body(piece, more=True))
                # Gives the other requests a turn, and a client that left a chance to be noticed.
                await asyncio.sleep(0)
                if gone.done():
                    return
        finally:
            gone.cancel()
        await send(_build_body(b"", more=False))


def _build_body(part: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": more}
