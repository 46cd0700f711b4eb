"""The session of a client: proxies and certificates of the environment, and no cookies."""

from __future__ import annotations

import os
import re
import ssl
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests
from requests.exceptions import InvalidHeader, InvalidURL, MissingSchema
from requests.utils import get_environ_proxies, select_proxy
from typing_extensions import override

from singer_tapkit.config import config_error
from singer_tapkit.connections import BoundedAdapter
from singer_tapkit.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from requests import PreparedRequest, Response

HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def open_session(urls: Sequence[str], max_connections: int) -> requests.Session:
    """Return a session that refuses cookies and obeys the environment.

    What the environment says about certificates and proxies is read here, once: prepared requests
    do not look for the one, and would look for the other each time, at a high price.

    Args:
        urls: Where requests go, their hosts in ASCII.
        max_connections: How many connections are kept open per host.

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
    """Return the file or folder of certificates that the environment names, True if none.

    Raises:
        ConfigValidationError: It is not there, or holds none.
    """
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
