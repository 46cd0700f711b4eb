"""The server: from a request to its answer."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from tests.sandbox.gotom import endpoints
from tests.sandbox.gotom.answers import AnswerError, page
from tests.sandbox.gotom.authentication import authenticate
from tests.sandbox.gotom.call import Call, Context
from tests.sandbox.gotom.reports import Download
from tests.sandbox.gotom.routes import ROUTES, Route

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from tests.sandbox.gotom.go_tom import GoTom


class Application:
    """goTom as an ASGI application."""

    def __init__(self, instance: GoTom) -> None:
        """Serves an instance."""
        self._instance = instance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=request.headers,
            body=await request.body(),
        )
        try:
            response = self._answer(call)
        except AnswerError as error:
            response = error.response
        _complete(response, self._instance.now())
        await response(scope, receive, send)

    def _answer(self, call: Call) -> Response:
        user = authenticate(call, self._instance)
        if call.path.endswith("/") and _found(call.path.rstrip("/")):
            return _without_slash(call)
        found = _found(call.path)
        if found is None:
            return page(HTTPStatus.NOT_FOUND)
        route, arguments = found
        if call.method not in {"GET", "HEAD"}:
            return page(HTTPStatus.METHOD_NOT_ALLOWED)
        if not user.may(route.group):
            return page(HTTPStatus.FORBIDDEN)
        return route.handler(Context(call, self._instance, arguments))


def _found(path: str) -> tuple[Route, Mapping[str, str]] | None:
    for endpoint in endpoints.documented():
        arguments = endpoint.arguments(path)
        if arguments is not None:
            return ROUTES[endpoint.path], arguments
    return None


def _without_slash(call: Call) -> Response:
    """The redirect of a path with a slash at its end, where the signature does not fit any more."""
    location = call.path.rstrip("/") + (f"?{call.query}" if call.query else "")
    return Response(status_code=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": location})


def _complete(response: Response, now: datetime) -> None:
    """Adds what every answer has; all but reports come in chunks, of unknown length."""
    if response.status_code != HTTPStatus.MOVED_PERMANENTLY and not isinstance(response, Download):
        del response.headers["Content-Length"]
    response.headers["Server"] = "nginx/1.26.2"
    response.headers["Cache-Control"] = "no-cache, private"
    response.headers["Date"] = format_datetime(
        now.replace(microsecond=0).astimezone(UTC), usegmt=True
    )
