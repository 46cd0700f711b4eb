"""The server: from a request to its answer."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import json
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.sandbox.goatcounter.accounts import Permission
from tests.sandbox.goatcounter.errors import JSON_ERROR_TYPE, ApiError, not_found
from tests.sandbox.goatcounter.routes import (
    account_routes,
    count_routes,
    export_routes,
    statistics_routes,
)
from tests.sandbox.goatcounter.routes.call import API, Call, Context, Route, routing_path
from tests.sandbox.goatcounter.timestamps import SECOND, format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from tests.sandbox.goatcounter.accounts import Site, Token
    from tests.sandbox.goatcounter.server_state import ServerState

ROUTES = (
    Route("GET", "/me", account_routes.me),
    Route("GET", "/sites", account_routes.sites, Permission.SITE_READ),
    Route("GET", "/sites/{id}", account_routes.site, Permission.SITE_READ),
    Route("POST", "/count", count_routes.count, Permission.COUNT),
    Route("POST", "/export", export_routes.start, Permission.EXPORT),
    Route("GET", "/export/{id}", export_routes.show, Permission.EXPORT),
    Route("GET", "/export/{id}/download", export_routes.download, Permission.EXPORT),
    Route("GET", "/paths", statistics_routes.paths, Permission.STATS),
    Route("GET", "/stats/total", statistics_routes.total, Permission.STATS),
    Route("GET", "/stats/hits", statistics_routes.hits, Permission.STATS),
    Route("GET", "/stats/hits/{path_id}", statistics_routes.referrers, Permission.STATS),
    Route(
        "GET",
        "/stats/{page}",
        statistics_routes.breakdown,
        Permission.STATS,
        statistics_routes.check_page,
    ),
    Route(
        "GET",
        "/stats/{page}/{id}",
        statistics_routes.detail,
        Permission.STATS,
        statistics_routes.check_detail,
    ),
)

_GROUP_OF_PATH = {f"{API}/export": "export", f"{API}/count": "api-count"}
_UNCACHED = {"Cache-Control": "no-store,no-cache"}
_CHUNKED_ABOVE = 2048
_NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}


class Application:
    """GoatCounter as an ASGI application."""

    def __init__(self, state: ServerState) -> None:
        """Serves a state."""
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            raw_path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=request.headers,
            body=await request.body(),
            peer=request.client.host if request.client else "",
        )
        with self._state.lock:
            now = self._state.now()
            response = self._answer(call, now)
        response.headers["Date"] = format_datetime(now.replace(microsecond=0), usegmt=True)
        if len(getattr(response, "body", b"")) > _CHUNKED_ABOVE:
            del response.headers["Content-Length"]
        await response(scope, receive, send)

    def _answer(self, call: Call, now: datetime) -> Response:
        state = self._state
        if not call.raw_path.startswith(f"{state.base_path}/"):
            return PlainTextResponse("404 page not found\n", 404, _NO_SNIFFING)
        path = call.raw_path.removeprefix(state.base_path)
        if path.endswith("/") and path != "/":
            return _without_slash(call, path.rstrip("/"))
        if path == "/status" and not state.base_path:
            return self._status(now)
        return self._answer_for_site(call, path, now)

    def _answer_for_site(self, call: Call, path: str, now: datetime) -> Response:
        if not self._state.accounts.sites:
            return Response(status_code=HTTPStatus.TEMPORARY_REDIRECT, headers={"Location": "/"})
        site = self._state.accounts.site_at(call.host)
        if site is None:
            return _early_error(call, 400, f'no site at this domain ("{call.host}")')
        if path == "/count":
            return count_routes.pixel(call, self._state, site, now)
        if not path.startswith("/api/"):
            text = f'file not found: "{call.raw_path}"\n'
            return PlainTextResponse(text, 404, {**_NO_SNIFFING, **_UNCACHED})
        response = self._answer_api(call, path, site, now)
        response.headers.update(_UNCACHED)
        return response

    def _status(self, now: datetime) -> Response:
        seconds = int((now - self._state.started_at).total_seconds())
        body = (
            f'{{"GOARCH":"amd64","GOOS":"linux","cgo":true,"database":"SQLite 3.40.1",'
            f'"go":"{self._state.generation.go_version}","race":false,'
            f'"uptime":"{format_duration(seconds * SECOND)}","version":"{self._state.version}"}}'
        )
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}
        return Response(body, headers=headers)

    def _answer_api(self, call: Call, path: str, site: Site, now: datetime) -> Response:
        if call.body and not call.sends_json:
            return Response(status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        charge = self._state.limiter.charge(self._groups(call), call.client, now)
        if charge.refused:
            return _early_error(call, 429, charge.text, charge.headers)
        try:
            response = self._dispatch(call, routing_path(path), site, now)
        except ApiError as error:
            response = error.response(as_json=call.sends_json)
        response.headers.update(charge.headers)
        return _compressed(call, response)

    def _groups(self, call: Call) -> list[str]:
        group = _GROUP_OF_PATH.get(call.raw_path, "api")
        hourly = self._state.generation.has_hourly_limit and self._state.limiter.applies("api2")
        return ["api2", "api"] if group == "api" and hourly else [group]

    def _dispatch(self, call: Call, path: str, site: Site, now: datetime) -> Response:
        found = [
            (route, arguments)
            for route in ROUTES
            if (arguments := route.arguments(path)) is not None
        ]
        if not found:
            raise not_found()
        if call.method == "OPTIONS":
            return Response()
        for route, arguments in found:
            if route.method == call.method:
                return self._handle(call, route, arguments, site, now)
        raise ApiError(HTTPStatus.METHOD_NOT_ALLOWED, "method not allowed")

    def _handle(
        self,
        call: Call,
        route: Route,
        arguments: Mapping[str, str],
        site: Site,
        now: datetime,
    ) -> Response:
        if route.check is not None:
            route.check(arguments)
        token = self._authenticate(call, site, now)
        if not token.may(route.permission):
            text = f"requires '{route.permission.text}' permissions"
            raise ApiError(HTTPStatus.FORBIDDEN, text)
        return route.handler(Context(call, self._state, site, token, arguments, now))

    def _authenticate(self, call: Call, site: Site, now: datetime) -> Token:
        token = self._state.accounts.token(_token_text(call))
        if token is None or token.user.account != site.account:
            raise _unauthorized("unknown token")
        forgets_user = self._state.generation.first_use_fails and token.is_idle(now)
        token.last_used_at = now
        if forgets_user:
            raise not_found()
        if not token.user.is_admin:
            raise _unauthorized("only admins can create and use API keys")
        if not token.reaches(site):
            raise ApiError(HTTPStatus.FORBIDDEN, "this token does not have access to this site")
        return token


def _early_error(
    call: Call,
    status: int,
    text: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error found before the request reaches the API proper, which is never a page."""
    body = json.dumps({"error": text}) if call.sends_json else f"{text}\n"
    return Response(body, status, {**(headers or {}), "Content-Type": JSON_ERROR_TYPE})


def _token_text(call: Call) -> str:
    header = call.headers.get("authorization", "")
    if not header:
        raise _unauthorized("no Authorization header")
    scheme, _, value = header.partition(" ")
    if scheme == "Bearer" and value and " " not in value:
        return value
    if scheme == "Basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            pass
    raise _unauthorized("wrong format for Authorization header")


def _unauthorized(text: str) -> ApiError:
    headers = {"WWW-Authenticate": "Basic realm=GoatCounter"}
    return ApiError(HTTPStatus.UNAUTHORIZED, text, headers)


def _without_slash(call: Call, path: str) -> Response:
    """The redirect of a path with a slash at its end, which forgets the base path."""
    location = f"{path}?{call.query}" if call.query else path
    headers = {"Location": location}
    if call.method != "GET":
        return Response(status_code=HTTPStatus.MOVED_PERMANENTLY, headers=headers)
    headers["Content-Type"] = "text/html; charset=utf-8"
    body = f'<a href="{html.escape(location)}">Moved Permanently</a>.\n\n'
    return Response(body, HTTPStatus.MOVED_PERMANENTLY, headers)


def _compressed(call: Call, response: Response) -> Response:
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    if not is_json or not call.accepts_gzip:
        return response
    headers = {
        **dict(response.headers),
        "Content-Encoding": "gzip",
        "Vary": "Accept-Encoding",
    }
    headers.pop("content-length", None)
    return Response(gzip.compress(bytes(response.body)), response.status_code, headers)
