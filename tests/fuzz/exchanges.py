"""Record what a service answers, and change it on its way."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

GZIP_START = b"\x1f\x8b"


@dataclass(frozen=True)
class Exchange:
    """A request and its answer.

    Attributes:
        path: The path as sent.
        query: The query as sent.
        status: The status of the answer.
        headers: The headers of the answer, in lower case.
        body: The body as sent.
    """

    path: str
    query: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> bytes:
        """The body without compression."""
        return gzip.decompress(self.body) if self.is_compressed else self.body

    @property
    def is_compressed(self) -> bool:
        """Whether the body is compressed, as an encoding or as a file."""
        return self.body.startswith(GZIP_START)

    @property
    def endpoint(self) -> str:
        """A pattern of all paths that differ in ids alone."""
        segments = self.path.split("/")
        return "/".join(
            "*" if re.search(r"\d|%", one) and not re.fullmatch(r"v\d", one) else one
            for one in segments
        )

    def with_content(self, content: bytes) -> Exchange:
        """Return the answer with another content, compressed as before."""
        return self.with_body(gzip.compress(content, mtime=0) if self.is_compressed else content)

    def with_body(self, body: bytes) -> Exchange:
        """Return the answer with other bytes."""
        headers = {name: text for name, text in self.headers.items() if name != "content-length"}
        return replace(self, body=body, headers=headers | {"content-length": str(len(body))})

    def json(self) -> Any:
        """Return the content as JSON, None if it is none."""
        with contextlib.suppress(ValueError, zlib.error, EOFError):
            return json.loads(self.content)
        return None


@dataclass
class Recorder:
    """What notes exchanges, as a change that leaves the answer as it is."""

    exchanges: list[Exchange] = field(default_factory=list)

    def note(self, exchange: Exchange) -> Exchange:
        """Note an exchange."""
        self.exchanges.append(exchange)
        return exchange

    def by_endpoint(self) -> dict[str, list[Exchange]]:
        """Return the exchanges of each endpoint, in an order that does not depend on threads."""
        found: dict[str, list[Exchange]] = {}
        for exchange in sorted(self.exchanges, key=lambda one: (one.path, one.query)):
            found.setdefault(exchange.endpoint, []).append(exchange)
        return found


@dataclass(frozen=True)
class Changed:
    """An effect that changes each answer that is a success."""

    change: Callable[[Exchange], Exchange]

    async def __call__(
        self, application: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Change the answer and pass it on."""
        exchange = await _ask(application, scope, receive)
        await _respond(self.change(exchange) if exchange.status < 300 else exchange, send)


async def _ask(application: ASGIApp, scope: Scope, receive: Receive) -> Exchange:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await application(scope, receive, keep)
    return Exchange(
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        status=messages[0]["status"],
        headers=dict(_decode_headers(messages[0].get("headers", ()))),
        body=b"".join(message.get("body", b"") for message in messages[1:]),
    )


def _decode_headers(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for name, text in headers:
        yield name.decode("latin-1").lower(), text.decode("latin-1")


async def _respond(exchange: Exchange, send: Send) -> None:
    headers = [(name.encode(), text.encode("latin-1")) for name, text in exchange.headers.items()]
    await send({"type": "http.response.start", "status": exchange.status, "headers": headers})
    await send({"type": "http.response.body", "body": exchange.body})
