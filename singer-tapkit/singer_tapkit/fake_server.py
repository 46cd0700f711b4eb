"""A small HTTP server on a real socket for tests, with scripted responses and faults."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class FakeResponse:
    """What a fake server responds with, or does instead.

    Attributes:
        status: The HTTP status.
        json: The body as a value; without it, `body` is sent.
        body: The body as it is.
        headers: Headers besides Content-Type and Content-Length.
        delay: Seconds before the response.
        reset: Whether the connection is reset in place of a response.
        close_after: How many bytes of the body are sent before the connection is closed.
        gzip: Whether the body is compressed.
        gzip_cut: How many bytes the compressed body lacks at its end.
    """

    status: int = 200
    json: Any = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    reset: bool = False
    close_after: int | None = None
    gzip: bool = False
    gzip_cut: int = 0

    def encode_body(self) -> bytes:
        """Return the body as it goes over the wire."""
        body = self.body if self.json is None else json.dumps(self.json).encode()
        if not self.gzip:
            return body
        compressed = gzip.compress(body)
        return compressed[: len(compressed) - self.gzip_cut]


@dataclass(frozen=True)
class ReceivedRequest:
    """A request that a fake server has received, with the names of its headers in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class FakeServer:
    """A small HTTP server on a real socket that sends scripted responses.

    It serves while its block lasts. A path that has no responses is answered with 404.

    Attributes:
        requests: All requests so far, in order.
    """

    def __init__(self) -> None:
        """Take a free port."""
        self.requests: list[ReceivedRequest] = []
        self._responses: defaultdict[str, deque[FakeResponse]] = defaultdict(deque)
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def respond(self, path: str, *responses: FakeResponse) -> None:
        """Set the responses of a path: one for each request; the last one for all that follow."""
        with self._lock:
            self._responses[path] = deque(responses)

    def received(self, path: str) -> list[ReceivedRequest]:
        """Return the requests to a path so far, in order."""
        with self._lock:
            return [request for request in self.requests if request.path == path]

    def take_response(self, request: ReceivedRequest) -> FakeResponse:
        """Record a request, and return the response to it."""
        with self._lock:
            self.requests.append(request)
            responses = self._responses[request.path]
            if not responses:
                return FakeResponse(status=404, json={"error": f"no response to {request.path}"})
            return responses.popleft() if len(responses) > 1 else responses[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    fake: FakeServer

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that have disconnected."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _respond(self) -> None:
        response = self.server.fake.take_response(self._read_request())
        time.sleep(response.delay)
        if response.reset:
            self._reset()
        else:
            self._send(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _respond  # noqa: N815

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""

    def _read_request(self) -> ReceivedRequest:
        target = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return ReceivedRequest(
            method=self.command,
            path=target.path,
            query=parse_qs(target.query, keep_blank_values=True),
            headers=headers,
            body=self.rfile.read(int(headers.get("content-length", 0))),
        )

    def _send(self, response: FakeResponse) -> None:
        body = response.encode_body()
        self.send_response(response.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        if response.gzip:
            headers["Content-Encoding"] = "gzip"
        for name, value in {**headers, **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: response.close_after])
        self.close_connection |= response.close_after is not None

    def _reset(self) -> None:
        """Close the connection so that the client sees a reset, not an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
