"""One request on its way through the server."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Call:
    """A request as it arrived."""

    method: str
    raw_path: str
    query: str
    headers: Headers
    body: bytes

    @property
    def host(self) -> str:
        """The ``Host`` header."""
        return self.headers.get("host", "")


@dataclass(frozen=True)
class Context:
    """A request that has found its site, its endpoint and its token."""

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

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Return the variable parts of a path; None if the route is another one."""
        return match(API + self.path, path) if method == self.method else None


def decode_path(raw_path: str) -> str:
    """Return the path that routes are compared with.

    It is decoded if it was encoded the way Go would have; otherwise it stays as sent.
    """
    decoded = unquote(raw_path)
    return decoded if quote(decoded, safe="/$&+,:;=@~") == raw_path else raw_path


def json_response(content: object, status: int = HTTPStatus.OK) -> Response:
    """Return a response in JSON; only a plain success also says that it is."""
    body = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    kind = "application/json; charset=utf-8" if status == HTTPStatus.OK else JSON_ERROR_TYPE
    return Response(body, status, {"Content-Type": kind})
