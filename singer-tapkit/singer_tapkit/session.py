"""The session of a client: proxies and certificates of the environment, no cookies, and time-outs.

Its connections read the head of a response to its end, also where servers put odd lines:
http.client knows no interim responses but 100 Continue, waits for ever for a head that comes byte
by byte, and urllib3 logs malformed header lines together with the URL.
"""

from __future__ import annotations

import http.client
import io
import math
import os
import re
import ssl
import time
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidHeader, InvalidURL, MissingSchema
from requests.utils import get_environ_proxies, select_proxy
from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection

from singer_tapkit.config import config_error
from singer_tapkit.errors import RequestError

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from requests import PreparedRequest, Response
    from typing_extensions import Buffer


HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

INTERIM_STATUSES: Final = range(102, 200)
"""Responses before the response, such as 103 Early Hints; http.client knows 100 alone."""

TIMEOUTS_OF_A_HEAD: Final = 2
"""A head may take so many times the time-out, which by itself is for silence only."""


def open_session(urls: Sequence[str], max_connections: int) -> requests.Session:
    """Return a session that refuses cookies and obeys the environment.

    What the environment says about certificates and proxies is read here, once: prepared requests
    do not look for the one, and would look for the other each time, at a high price.

    Raises:
        ConfigValidationError: The environment names certificates that are not there.
    """
    session = _DirectSession()
    session.trust_env = False
    for url in urls:
        add_proxy(session, url)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = find_certificates()
    session.headers["Accept-Encoding"] = "gzip, deflate"
    adapter = BoundedAdapter(pool_connections=max_connections, pool_maxsize=max_connections)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def add_proxy(session: requests.Session, url: str) -> None:
    """Let requests to the host of a URL go through the proxy that the environment has for it."""
    if proxy := select_proxy(url, get_environ_proxies(url)):
        parts = urlsplit(url)
        session.proxies[f"{parts.scheme}://{parts.hostname}"] = proxy


def prepare_request(session: requests.Session, request: requests.Request) -> PreparedRequest:
    """Return a request with credentials as of now, as signatures have a date.

    Raises:
        RequestError: Its URL or a header cannot be sent; the message quotes neither.
    """
    try:
        prepared = session.prepare_request(request)
    except (InvalidHeader, InvalidURL, MissingSchema) as error:
        raise _unsendable_error(request, type(error).__name__) from None
    for name, value in prepared.headers.items():
        if not _is_header_value(value):
            raise _unsendable_error(request, f"the header {name} has characters that none may have")
    return prepared


def _is_header_value(value: str | bytes) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return HEADER_VALUE.fullmatch(text) is not None


def _unsendable_error(request: requests.Request, reason: str) -> RequestError:
    return RequestError(
        f"A {request.method} request cannot be sent: {reason}. "
        "Check the settings that it is made of."
    )


class _DirectSession(requests.Session):
    """A session that does not look where redirects lead, which may be no URL."""

    @override
    def get_redirect_target(self, resp: Response) -> None:
        return None


def find_certificates() -> str | bool:
    """Return the file or folder of certificates that the environment names, True if none."""
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if path := os.environ.get(variable):
            _check_certificates(path, variable)
            return path
    return True


@cache
def _check_certificates(path: str, variable: str) -> None:
    """Check once, as each session would take as long again."""
    if Path(path).is_dir():
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise config_error(f"{variable} names {path!r}, which holds no certificates.") from None
    except OSError as error:
        reason = error.strerror or "not readable"
        raise config_error(f"{variable} names {path!r}: {reason}.") from None


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


class BoundedAdapter(HTTPAdapter):
    """An adapter whose connections read over interim responses, in a bounded time."""

    @override
    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = _TlsConnection if pool.scheme == "https" else _PlainConnection
        return pool
