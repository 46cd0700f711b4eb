"""The server: from a request to its answer."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from tests.sandbox.studio_openapi import endpoints, problems
from tests.sandbox.studio_openapi.routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.types import Receive, Scope, Send

    from tests.sandbox.studio_openapi.endpoints import Endpoint
    from tests.sandbox.studio_openapi.studio import Studio
    from tests.sandbox.studio_openapi.studio_open_api import StudioOpenApi

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Call:
    """A request that has found its endpoint and may use it.

    Attributes:
        tenant: Whose server it is.
        studio: What the key opens.
        endpoint: The endpoint.
        arguments: Its parameters, by name.
    """

    tenant: StudioOpenApi
    studio: Studio
    endpoint: Endpoint
    arguments: Mapping[str, Any]

    @property
    def today(self) -> date:
        """The day where the studio is."""
        return self.tenant.today()


class Application:
    """The API of a tenant as an ASGI application."""

    def __init__(self, tenant: StudioOpenApi) -> None:
        """Serve a tenant."""
        self._tenant = tenant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one request, after the time that the tenant takes."""
        headers = [(b"content-type", b"application/json")]
        if self._tenant.date_header:
            headers.append((b"date", self._tenant.date_header.encode()))
        status = HTTPStatus.OK
        try:
            content = _encode(self._answer(scope))
        except problems.ProblemError as problem:
            status, content = problem.status, _encode(problem.body())
            if problem.retry_after is not None:
                headers.append((b"retry-after", b"%d" % problem.retry_after))
        if self._tenant.latency:
            await asyncio.sleep(self._tenant.latency)
        headers.append((b"content-length", b"%d" % len(content)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Scope) -> Any:
        tenant = self._tenant
        headers: dict[bytes, bytes] = dict(scope["headers"])
        key = headers.get(b"x-api-key", b"").decode("latin-1")
        if key not in tenant.keys:
            raise problems.ProblemError(HTTPStatus.UNAUTHORIZED, problems.NO_KEY)
        found = endpoints.find(scope["raw_path"].decode("latin-1"))
        if scope["method"] != "GET" or found is None or not self._is_served(found[0]):
            raise problems.not_found()
        endpoint, variables = found
        self._count(key, endpoint)
        if not endpoint.allows(tenant.scopes[key]):
            raise problems.forbidden()
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        arguments = endpoint.read_arguments({**query, **variables}, tenant.version)
        call = Call(tenant, tenant.keys[key], endpoint, arguments)
        content = ROUTES[endpoint.path](call)
        quirk = tenant.quirks.get(endpoint.path)
        return quirk(call, content) if quirk else content

    def _is_served(self, endpoint: Endpoint) -> bool:
        is_known = endpoints.is_at_least(self._tenant.version, endpoint.since)
        return is_known and endpoint.path in ROUTES

    def _count(self, key: str, endpoint: Endpoint) -> None:
        """Count a request.

        Raises:
            ProblemError: It is one too many.
        """
        limit = self._tenant.limit
        seconds = limit.count(key, endpoint.path)
        if seconds:
            wait = math.ceil(seconds) if limit.retry_after else None
            status = HTTPStatus.TOO_MANY_REQUESTS
            raise problems.ProblemError(status, problems.TOO_MANY_REQUESTS, retry_after=wait)
