"""The server: from a request to its answer."""

from __future__ import annotations

import asyncio
import hmac
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from tests.sandbox.studio_openapi import endpoints, parameters, problems, versions
from tests.sandbox.studio_openapi.call import Call
from tests.sandbox.studio_openapi.routes import ROUTES
from tests.sandbox.studio_openapi.vocabulary import SIGNATURE

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.sandbox.studio_openapi.endpoints import Endpoint
    from tests.sandbox.studio_openapi.studio_open_api import StudioOpenApi

_encode = msgspec.json.Encoder().encode


class Application:
    """The API of a tenant as an ASGI application."""

    def __init__(self, tenant: StudioOpenApi) -> None:
        """Serve a tenant."""
        self._tenant = tenant
        self._answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one request, after the time that the tenant takes."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        self._answered += 1
        status, extra = HTTPStatus.OK, []
        try:
            content = self._answer(scope, headers.get(b"x-api-key", b"").decode("latin-1"))
        except problems.ProblemError as problem:
            status, content = problem.status, _encode(problem.body(self._answered))
            if problem.retry_after is not None:
                extra.append((b"retry-after", b"%d" % problem.retry_after))
        if self._tenant.latency:
            await asyncio.sleep(self._tenant.latency)
        length = (b"content-length", b"%d" % len(content))
        kind = (b"content-type", b"application/json")
        await send(
            {"type": "http.response.start", "status": status, "headers": [kind, length, *extra]}
        )
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Scope, key: str) -> bytes:
        tenant = self._tenant
        studio = tenant.keys.get(key)
        if studio is None:
            raise problems.ProblemError(HTTPStatus.UNAUTHORIZED, problems.NO_KEY)
        found = endpoints.find(scope["raw_path"].decode("latin-1"))
        if scope["method"] != "GET" or found is None or not _is_served(found[0], tenant.version):
            raise problems.not_found()
        endpoint, variables = found
        self._count(key, endpoint)
        _check_scopes(endpoint, tenant.scopes[key])
        query = scope["query_string"].decode("latin-1")
        endpoint = versions.fit_parameters(endpoint, tenant.version)
        arguments = parameters.read(endpoint, variables, query)
        return self._encode_content(Call(tenant, studio, endpoint, arguments))

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

    def _encode_content(self, call: Call) -> bytes:
        content = ROUTES[call.endpoint.name](call)
        if quirk := self._tenant.quirks.get(call.endpoint.path):
            content = quirk(call, content)
        if extra := self._tenant.extra_fields.get(call.endpoint.path):
            content = _extend(call.endpoint, content, extra)
        signature = hmac.digest(b"sandbox", b"%d" % self._answered, "md5").hex()
        return _encode(content).replace(SIGNATURE.encode(), signature.encode())


def _is_served(endpoint: Endpoint, version: str) -> bool:
    return endpoint.name in ROUTES and versions.is_known(endpoint, version)


def _check_scopes(endpoint: Endpoint, granted: frozenset[str] | None) -> None:
    if granted is None:
        return
    enough = any if endpoint.any_scope else all
    if not enough(scope in granted for scope in endpoint.scopes):
        raise problems.forbidden()


def _extend(endpoint: Endpoint, content: Any, extra: dict[str, Any]) -> Any:
    """Return a list whose records have further fields."""
    if endpoint.envelope == "chunk":
        return {**content, "result": [{**record, **extra} for record in content["result"]]}
    return [{**record, **extra} for record in content]
