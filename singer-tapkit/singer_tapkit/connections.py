"""Connections that read the head of a response to its end, also where servers put odd lines.

http.client knows no interim responses but 100 Continue, waits for ever for a head that comes byte
by byte, and urllib3 logs malformed header lines together with the URL.
"""

from __future__ import annotations

import http.client
import io
import math
import time
from typing import TYPE_CHECKING, Any, Final

from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    import socket

    from typing_extensions import Buffer
    from urllib3 import PoolManager

INTERIM_STATUSES: Final = range(102, 200)
"""Responses before the response, such as 103 Early Hints; http.client knows 100 alone."""

TIMEOUTS_OF_A_HEAD: Final = 2
"""A head may take so many times the time-out, which by itself is for silence only."""


class BoundedAdapter(HTTPAdapter):
    """An adapter whose connections read over interim responses, in a bounded time."""

    @override
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _set_pools(self.poolmanager)

    @override
    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        _set_pools(manager)
        return manager


class _TimedReader(io.RawIOBase):
    """Reads from a socket until a deadline."""

    def __init__(self, raw: io.RawIOBase, deadline: float) -> None:
        self._raw = raw
        self.deadline = deadline

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer) -> int | None:
        if time.monotonic() > self.deadline:
            raise TimeoutError("the head of the response comes too slowly")
        return self._raw.readinto(buffer)

    @override
    def close(self) -> None:
        self._raw.close()
        super().close()


class _FinalResponse(http.client.HTTPResponse):
    """A response without those before it, and without defects that urllib3 would log with a URL."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._seconds = TIMEOUTS_OF_A_HEAD * (sock.gettimeout() or math.inf)

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = self._read_status_line()
            if status not in INTERIM_STATUSES:
                return version, status, reason
            http.client.parse_headers(self.fp)

    def _read_status_line(self) -> tuple[str, int, str]:
        try:
            return super()._read_status()  # type: ignore[misc, no-any-return]
        except http.client.RemoteDisconnected:
            raise
        except http.client.BadStatusLine:  # which quotes the line, and that may be data
            raise http.client.HTTPException("the first line is no status line") from None

    @override
    def begin(self) -> None:
        reader = _TimedReader(self.fp.detach(), time.monotonic() + self._seconds)
        self.fp = io.BufferedReader(reader)
        super().begin()
        reader.deadline = math.inf
        self.headers.defects.clear()
        self.headers.set_payload("")


class _PlainConnection(HTTPConnection):
    response_class = _FinalResponse


class _TlsConnection(HTTPSConnection):
    response_class = _FinalResponse


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _set_pools(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
