"""One request on its way through the server."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.responses import Response

from tests.sandbox.goatcounter.accounts import Permission
from tests.sandbox.goatcounter.errors import JSON_ERROR_TYPE
from tests.sandbox.paths import match

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from starlette.datastructures import Headers

    from tests.sandbox.goatcounter.accounts import Site, Token
    from tests.sandbox.goatcounter.generation import Generation
    from tests.sandbox.goatcounter.server_state import ServerState

API = "/api/v0"

_ADDRESS_HEADERS = ("CF-Connecting-IP", "Fly-Client-IP", "X-Azure-SocketIP", "X-Real-IP")
_HTML_ESCAPES = str.maketrans(
    {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "\u2028": "\\u2028", "\u2029": "\\u2029"},
)


@dataclass(frozen=True)
class Call:
    """A request as it arrived."""

    method: str
    raw_path: str
    query: str
    headers: Headers
    body: bytes
    peer: str

    @property
    def host(self) -> str:
        """The ``Host`` header."""
        return self.headers.get("host", "")

    @property
    def content_type(self) -> str:
        """The type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def sends_json(self) -> bool:
        """Whether the request calls itself JSON, and so gets errors in JSON."""
        return self.content_type == "application/json"

    @property
    def accepts_gzip(self) -> bool:
        """Whether the answer may be compressed."""
        return "gzip" in self.headers.get("accept-encoding", "")

    @property
    def client(self) -> str:
        """The address that the limits count by."""
        for name in _ADDRESS_HEADERS:
            address = self.headers.get(name, "").strip()
            if address and (name != "X-Real-IP" or _is_public(address)):
                return address
        forwarded = self.headers.get("x-forwarded-for", "").split(",")
        public = [address.strip() for address in forwarded if _is_public(address.strip())]
        return public[-1] if public else self.peer


@dataclass(frozen=True)
class Context:
    """A request that has found its site, its endpoint and, usually, its token."""

    call: Call
    state: ServerState
    site: Site
    token: Token
    arguments: Mapping[str, str]
    """The variable parts of the path."""
    now: datetime

    @property
    def generation(self) -> Generation:
        """Which server is played."""
        return self.state.generation


@dataclass(frozen=True)
class Route:
    """One endpoint."""

    method: str
    path: str
    """Path after ``/api/v0``; a part in braces is variable."""
    handler: Callable[[Context], Response]
    permission: Permission = Permission.NONE
    check: Callable[[Mapping[str, str]], None] | None = None
    """What is checked of the path before the token is."""

    def arguments(self, path: str) -> dict[str, str] | None:
        """The variable parts of a path; None if the route has another one."""
        return match(API + self.path, path)


def routing_path(raw_path: str) -> str:
    """The path that routes are compared with.

    It is decoded if it was encoded the way Go would have; otherwise it stays as sent.
    """
    decoded = unquote(raw_path)
    return decoded if quote(decoded, safe="/$&+,:;=@~") == raw_path else raw_path


def json_response(content: object, status: int = HTTPStatus.OK) -> Response:
    """An answer in JSON; only a plain success also says that it is."""
    body = json.dumps(content, ensure_ascii=False, indent=2).translate(_HTML_ESCAPES) + "\n"
    kind = "application/json; charset=utf-8" if status == HTTPStatus.OK else JSON_ERROR_TYPE
    return Response(body, status, {"Content-Type": kind})


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    private = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
    local = address.is_loopback or address.is_link_local or address.is_unspecified
    return not local and not any(address in ipaddress.ip_network(network) for network in private)
