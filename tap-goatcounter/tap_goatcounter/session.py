"""The session in which all streams send their requests."""

from __future__ import annotations

import os
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from requests.adapters import HTTPAdapter


def open_session(
    urls: Iterable[str], adapter: HTTPAdapter, *, stream: bool = False
) -> requests.Session:
    """Open a session.

    Cookies are refused, as those of one key must not go out with another. What the environment
    says about certificates and proxies is read here: prepared requests do not look for the one,
    and would look for the other each time, which takes longer than all else about a request.

    Args:
        urls: Where requests go.
        adapter: What sends them.
        stream: Whether bodies are read bit by bit, so that none has to fit into memory.
    """
    session = requests.Session()
    session.stream = stream
    session.trust_env = False
    for url in urls:
        if proxy := select_proxy(url, get_environ_proxies(url)):
            parts = urlsplit(url)
            session.proxies[f"{parts.scheme}://{parts.hostname}"] = proxy
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = (
        os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
