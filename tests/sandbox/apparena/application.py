"""The server: from a request to its answer."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tests.sandbox.apparena import bodies, endpoints
from tests.sandbox.apparena.call import Call, Refusal

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.sandbox.apparena.app_arena import AppArena, Key

BASE = "/api/v2/"
"""What all paths start with."""
BEARER = "Bearer "
TABLES = {
    "appId": "apps",
    "templateId": "templates",
    "projectId": "projects",
    "companyId": "companies",
}
"""Where what a path names must be."""


class Application:
    """App-Arena as an ASGI application."""

    def __init__(self, arena: AppArena) -> None:
        """Serve an App-Arena."""
        self._arena = arena

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._arena.latency:
            await asyncio.sleep(self._arena.latency)
        status = HTTPStatus.OK
        content: Any
        try:
            content = bodies.build_body(self._accept(Request(scope)))
        except Refusal as refusal:
            status = refusal.status
            content = {"status": status, "message": f"{refusal}."}
        response = Response(msgspec.json.encode(content), status, media_type="application/json")
        await response(scope, receive, send)

    def _accept(self, request: Request) -> Call:
        """Return what is asked for.

        Raises:
            Refusal: There is no such thing, or it is not for who asks.
        """
        arena, path = self._arena, f"/{request.url.path.removeprefix(BASE)}"
        key = self._authenticate(request.headers.get("authorization", ""))
        found = endpoints.find(path)
        if found is None or request.method != "GET":
            raise Refusal(HTTPStatus.NOT_FOUND)
        endpoint, ids = found
        may_list_store = key.store_owner or endpoint.path != "/companies"
        if endpoint.entity not in key.rights or not may_list_store:
            raise Refusal(HTTPStatus.FORBIDDEN)
        if not all(number in getattr(arena.data, TABLES[name]) for name, number in ids.items()):
            raise Refusal(HTTPStatus.NOT_FOUND)
        return Call(
            endpoint=endpoint,
            ids=ids,
            path=path,
            options=endpoint.select_options(request.query_params),
            key=key,
            data=arena.data,
            quirks=arena.quirks,
            links_base=arena.quirks.links_base or f"{request.base_url}{BASE.strip('/')}",
        )

    def _authenticate(self, authorization: str) -> Key:
        key = self._arena.keys.get(authorization.removeprefix(BEARER))
        if key is None or key.is_jwt != authorization.startswith(BEARER):
            raise Refusal(HTTPStatus.UNAUTHORIZED)
        return key
