"""The server: from a request to its response."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request

from tests.sandbox.gotom import endpoints
from tests.sandbox.gotom.authentication import authenticate
from tests.sandbox.gotom.call import Call, Context
from tests.sandbox.gotom.reports import Download
from tests.sandbox.gotom.responses import ResponseError, build_error_page
from tests.sandbox.gotom.routes import ROUTES

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from tests.sandbox.gotom.go_tom import GoTom


class Application:
    """goTom as an ASGI application."""

    def __init__(self, instance: GoTom) -> None:
        """Serve an instance."""
        self._instance = instance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; all responses but reports come in chunks, of unknown length."""
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=request.headers,
            body=await request.body(),
        )
        try:
            response = self._respond(call)
        except ResponseError as error:
            response = error.response
        if not isinstance(response, Download):
            del response.headers["Content-Length"]
        now = self._instance.now().replace(microsecond=0).astimezone(UTC)
        response.headers["Date"] = format_datetime(now, usegmt=True)
        await response(scope, receive, send)

    def _respond(self, call: Call) -> Response:
        user = authenticate(call, self._instance)
        for endpoint in endpoints.read_documented():
            arguments = endpoint.match(call.path)
            if arguments is None:
                continue
            if call.method != "GET":
                return build_error_page(HTTPStatus.METHOD_NOT_ALLOWED)
            route = ROUTES[endpoint.path]
            if not user.may_call(route.group):
                return build_error_page(HTTPStatus.FORBIDDEN)
            return route.handler(Context(call, self._instance, arguments))
        return build_error_page(HTTPStatus.NOT_FOUND)
