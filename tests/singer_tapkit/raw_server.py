"""A server that sends given bytes on a real socket, for what no HTTP server would send."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RawResponse = bytes | tuple[bytes | float, ...]
"""What is sent before the connection is closed; numbers are seconds of silence in between."""


@dataclass
class RawServer:
    """A running server.

    Attributes:
        url: Its base URL.
        requests: The requests so far, each as it came.
    """

    url: str
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def serve_raw(*responses: RawResponse) -> Iterator[RawServer]:
    """Answer one connection after the other; the last response is for all that follow."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = Thread(target=_serve, args=(listener, server, responses), daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def build_response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return a response with these headers and no others."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers])
    return head.encode() + b"\r\n\r\n" + body


def encode_chunked(body: bytes) -> bytes:
    """Return a body in two chunks and an end."""
    middle = len(body) // 2
    parts = (body[:middle], body[middle:])
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _serve(listener: socket.socket, server: RawServer, responses: Sequence[RawResponse]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                server.requests.append(connection.recv(65536))
                response = responses[min(len(server.requests), len(responses)) - 1]
                _send(connection, response if isinstance(response, tuple) else (response,))


def _send(connection: socket.socket, parts: Sequence[bytes | float]) -> None:
    for part in parts:
        if isinstance(part, bytes):
            connection.sendall(part)
        else:
            time.sleep(part)
