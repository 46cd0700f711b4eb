"""The server: from a request to its answer."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.datastructures import Headers
from starlette.responses import Response

from tests.sandbox.apparena import endpoints
from tests.sandbox.apparena.bodies import build_body
from tests.sandbox.apparena.instance import Call, Refusal, authenticate, not_found
from tests.sandbox.apparena.options import Options

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.sandbox.apparena.app_arena import AppArena
    from tests.sandbox.apparena.endpoints import Endpoint
    from tests.sandbox.apparena.instance import Key

BASE = "/api/v2/"
"""What all paths start with."""


class Application:
    """App-Arena as an ASGI application."""

    def __init__(self, arena: AppArena) -> None:
        """Serve an App-Arena."""
        self._arena = arena

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._arena.latency:
            await asyncio.sleep(self._arena.latency)
        content: Any
        try:
            status, content = HTTPStatus.OK, self._content(scope)
        except Refusal as refusal:
            status, content = HTTPStatus(refusal.status), refusal.content
        response = Response(msgspec.json.encode(content), status, media_type="application/json")
        await response(scope, receive, send)

    def _content(self, scope: Scope) -> Any:
        arena, headers = self._arena, Headers(scope=scope)
        key = authenticate(headers.get("authorization", ""), arena.keys)
        path = scope["raw_path"].decode("latin-1")
        found = endpoints.find(f"/{path.removeprefix(BASE)}") if path.startswith(BASE) else None
        if found is None:
            raise not_found("Page")
        if scope["method"] != "GET":
            raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed.")
        endpoint, arguments = found
        self._check_rights(key, endpoint)
        query = scope["query_string"].decode("latin-1")
        return build_body(
            Call(
                endpoint=endpoint,
                arguments=arguments,
                path=f"/{path.removeprefix(BASE)}",
                query=query,
                options=Options.of(query, endpoint, arena.quirks),
                key=key,
                arena=arena,
                links_base=arena.quirks.links_base or f"http://{headers['host']}{BASE}",
            )
        )

    def _check_rights(self, key: Key, endpoint: Endpoint) -> None:
        wants_all = endpoint.path == "/companies"
        if endpoint.entity not in key.rights or (wants_all and not key.store_owner):
            raise Refusal(HTTPStatus.FORBIDDEN, "You do not have the right to do this.")
