"""The server: from a request to its response."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request

from tests.sandbox.gotom import endpoints
from tests.sandbox.gotom.authentication import authenticate
from tests.sandbox.gotom.responses import Call, ResponseError, build_error_page
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
        """Handle one request; all responses come in chunks, of unknown length."""
        request = Request(scope, receive)
        try:
            response = self._respond(request, await request.body())
        except ResponseError as error:
            response = error.response
        del response.headers["Content-Length"]
        now = self._instance.now().replace(microsecond=0).astimezone(UTC)
        response.headers["Date"] = format_datetime(now, usegmt=True)
        await response(scope, receive, send)

    def _respond(self, request: Request, body: bytes) -> Response:
        user = authenticate(request, body, self._instance)
        path = request.scope["raw_path"].decode("latin-1")
        for endpoint in endpoints.read_documented():
            arguments = endpoint.match(path)
            if arguments is None:
                continue
            if request.method != "GET":
                return build_error_page(HTTPStatus.METHOD_NOT_ALLOWED)
            if not user.may_call(path):
                return build_error_page(HTTPStatus.FORBIDDEN)
            return ROUTES[endpoint.path](Call(request, self._instance, arguments))
        return build_error_page(HTTPStatus.NOT_FOUND)
