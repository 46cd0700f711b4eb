"""The server: from a request to its answer."""

from __future__ import annotations

import asyncio
import hmac
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
    from tests.sandbox.studio_openapi.studio import Studio
    from tests.sandbox.studio_openapi.studio_open_api import StudioOpenApi

_encode = msgspec.json.Encoder().encode


class Application:
    """The API of a tenant as an ASGI application."""

    def __init__(self, tenant: StudioOpenApi) -> None:
        """Serves a tenant."""
        self._tenant = tenant
        self._answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answers one request, after the time that the tenant takes."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        self._answered += 1
        status, extra = HTTPStatus.OK, []
        try:
            content = self._answer(scope, headers.get(b"x-api-key", b"").decode("latin-1"))
        except problems.ProblemError as problem:
            status, content = problem.status, self._error(problem, headers)
            if problem.retry_after is not None:
                extra.append((b"retry-after", b"%d" % problem.retry_after))
        if self._tenant.latency:
            await asyncio.sleep(self._tenant.latency)
        if scope["method"] == "HEAD":
            content = b""
        length = (b"content-length", b"%d" % len(content))
        kind = (b"content-type", b"application/json")
        await send(
            {"type": "http.response.start", "status": status, "headers": [kind, length, *extra]}
        )
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Scope, key: str) -> bytes:
        tenant, method = self._tenant, scope["method"]
        match = endpoints.find(scope["raw_path"].decode("latin-1"))
        studio = self._studio(key)
        if match is None or not _is_served(match.endpoint, tenant.version):
            raise problems.not_found()
        if method == "HEAD":
            return b""
        if method != "GET":
            raise problems.ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, problems.NO_METHOD)
        self._admit(key, match.endpoint)
        _check_scopes(match.endpoint, tenant.scopes[key])
        query = scope["query_string"].decode("latin-1")
        fitting = versions.fitted(match.endpoint, tenant.version)
        arguments = parameters.read(fitting, match.variables, query)
        return self._encoded(Call(tenant, studio, fitting, arguments))

    def _studio(self, key: str) -> Studio:
        studio = self._tenant.keys.get(key)
        if studio is None:
            raise problems.ProblemError(HTTPStatus.UNAUTHORIZED, problems.NO_KEY)
        return studio

    def _admit(self, key: str, endpoint: Endpoint) -> None:
        limit = self._tenant.limit
        if not limit.admits(key, endpoint.path):
            wait = limit.seconds_left(key, endpoint.path) if limit.retry_after else None
            status = HTTPStatus.TOO_MANY_REQUESTS
            raise problems.ProblemError(status, problems.TOO_MANY_REQUESTS, retry_after=wait)

    def _encoded(self, call: Call) -> bytes:
        content = ROUTES[call.endpoint.name](call)
        if quirk := self._tenant.quirks.get(call.endpoint.path):
            content = quirk(call, content)
        if extra := self._tenant.extra_fields.get(call.endpoint.path):
            content = _extended(call.endpoint, content, extra)
        content = versions.shown(call.endpoint, content, self._tenant.version)
        signature = hmac.digest(b"sandbox", b"%d" % self._answered, "md5").hex()
        return _encode(content).replace(SIGNATURE.encode(), signature.encode())

    def _error(self, problem: problems.ProblemError, headers: dict[bytes, bytes]) -> bytes:
        asked = headers.get(b"accept-language", b"").decode("latin-1")
        return _encode(problem.body(asked[:2].lower(), self._answered))


def _is_served(endpoint: Endpoint, version: str) -> bool:
    return endpoint.name in ROUTES and versions.known(endpoint, version)


def _check_scopes(endpoint: Endpoint, granted: frozenset[str] | None) -> None:
    if granted is None:
        return
    enough = any if endpoint.any_scope else all
    if not enough(scope in granted for scope in endpoint.scopes):
        raise problems.forbidden()


def _extended(endpoint: Endpoint, content: Any, extra: dict[str, Any]) -> Any:
    match endpoint.envelope:
        case "chunk":
            return {**content, "result": [{**record, **extra} for record in content["result"]]}
        case "array":
            return [{**record, **extra} for record in content]
        case "object":
            return {**content, **extra}
