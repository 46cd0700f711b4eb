"""Run an ASGI application on a real socket, in a background thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn
from starlette.requests import ClientDisconnect
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

_ROUNDS_OF_THE_LOOP = 5
"""A connection that was just accepted becomes known, and closed, some rounds later."""
_TICK = 0.01
"""Seconds between two looks at whether to stop."""
_PATIENCE = 10.0
"""Seconds until a server that does not stop is given up."""

TRANSPORT = "sandbox.transport"
"""Key of the connection's transport among the extensions of an ASGI scope."""


class _WithTransport:
    """Hands the connection to the application, which ASGI itself does not do."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self.errors: list[Exception] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cycle = send.__self__  # type: ignore[attr-defined] # of uvicorn
        scope["extensions"] = {**scope.get("extensions", {}), TRANSPORT: cycle.transport}
        try:
            await self._application(scope, receive, send)
        except ClientDisconnect:
            pass
        except Exception as error:
            self.errors.append(error)
            raise


class _Server(uvicorn.Server):
    """A server that stops at once, and closes all of its connections.

    Uvicorn takes a fifth of a second to stop, which is more than most tests take. Threads of a run
    that has ended may still connect meanwhile. Uvicorn leaves these connections open, and Python
    warns of them later, in whichever test is running then.
    """

    @override
    async def main_loop(self) -> None:
        """Serve until it is to stop."""
        while not self.should_exit:  # noqa: ASYNC110 - another thread sets it
            await asyncio.sleep(_TICK)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more connections, and drop those that there are."""
        for listening in self.servers:
            listening.close()
        for _ in range(_ROUNDS_OF_THE_LOOP):
            for protocol in list(self.server_state.connections):
                protocol.transport.abort()
            await asyncio.sleep(0)


@contextlib.contextmanager
def serve(application: ASGIApp, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve an application until the block is left.

    Neither ``Date`` nor ``Server`` is added: an application that needs them sends its own.

    Args:
        application: What answers the requests.
        port: Port to listen on; 0 takes a free one.
        host: Address to listen on.

    Yields:
        The base URL, without a slash at its end.

    Raises:
        RuntimeError: At the end, if the application has failed: its client saw only a status 500.
    """
    listener = _listen(host, port)
    connected = _WithTransport(application)
    server = _Server(
        uvicorn.Config(
            connected,
            interface="asgi3",
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=60,
        ),
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        _wait_for(server, thread)
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        listener.close()
        if thread.is_alive():
            raise RuntimeError("the server did not stop")
    if errors := connected.errors:
        raise RuntimeError("the application has failed") from errors[0]


def _listen(host: str, port: int) -> socket.socket:
    """Listen on a socket that names its protocol, as asyncio sends small answers at once then."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server stopped before it could listen")
        time.sleep(0.005)
