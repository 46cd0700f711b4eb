"""The server: from a request to its response."""

from __future__ import annotations

import gzip
import json
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.sandbox.goatcounter.accounts import Permission
from tests.sandbox.goatcounter.errors import ApiError, bad_request_error, not_found_error
from tests.sandbox.goatcounter.routes import (
    account_routes,
    count_routes,
    export_routes,
    statistics_routes,
)
from tests.sandbox.goatcounter.routes.call import API, Call, Context, Route, decode_path

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from tests.sandbox.goatcounter.accounts import Site, Token
    from tests.sandbox.goatcounter.server_state import ServerState

ROUTES = (
    Route("GET", "/me", account_routes.show_me),
    Route("GET", "/sites", account_routes.list_sites, Permission.SITE_READ),
    Route("POST", "/count", count_routes.count_hits, Permission.COUNT),
    Route("POST", "/export", export_routes.start_export, Permission.EXPORT),
    Route("GET", "/export/{id}", export_routes.show_export, Permission.EXPORT),
    Route("GET", "/export/{id}/download", export_routes.download_export, Permission.EXPORT),
    Route("GET", "/paths", statistics_routes.list_paths, Permission.STATS),
    Route("GET", "/stats/total", statistics_routes.count_total, Permission.STATS),
    Route("GET", "/stats/hits", statistics_routes.count_by_path, Permission.STATS),
    Route("GET", "/stats/hits/{path_id}", statistics_routes.list_referrers, Permission.STATS),
    Route("GET", "/stats/{page}", statistics_routes.list_breakdown, Permission.STATS),
    Route("GET", "/stats/{page}/{id}", statistics_routes.list_detail, Permission.STATS),
)

GROUP_OF_PATH = {f"{API}/export": "export", f"{API}/count": "api-count"}
CHUNKED_ABOVE = 2048


class Application:
    """GoatCounter as an ASGI application."""

    def __init__(self, state: ServerState) -> None:
        """Serve a state."""
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            raw_path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=request.headers,
            body=await request.body(),
        )
        with self._state.lock:
            now = self._state.now()
            response = self._answer(call, now)
        response.headers["Date"] = format_datetime(now.replace(microsecond=0), usegmt=True)
        if len(getattr(response, "body", b"")) > CHUNKED_ABOVE:
            del response.headers["Content-Length"]
        await response(scope, receive, send)

    def _answer(self, call: Call, now: datetime) -> Response:
        base_path = self._state.base_path
        path = call.raw_path.removeprefix(base_path)
        if path == "/status" and not base_path:
            return self._show_status()
        if not call.raw_path.startswith(f"{base_path}{API}/"):
            return PlainTextResponse("404 page not found\n", 404)
        site = self._state.accounts.find_site_at(call.host)
        if site is None:
            return bad_request_error(f'no site at this domain ("{call.host}")').to_response()
        charge = self._state.limiter.charge(self._groups_of(call), now)
        if charge.refused:
            text = f"rate limited exceeded; try again in {charge.wait:.6f}s"
            return ApiError(HTTPStatus.TOO_MANY_REQUESTS, text, charge.headers).to_response()
        try:
            response = self._dispatch(call, decode_path(path), site, now)
        except ApiError as error:
            response = error.to_response()
        response.headers.update(charge.headers)
        return _compress(call, response)

    def _show_status(self) -> Response:
        status = {
            "GOARCH": "amd64",
            "GOOS": "linux",
            "cgo": True,
            "database": "SQLite 3.40.1",
            "go": self._state.generation.go_version,
            "race": False,
            "uptime": "1h0m0s",
            "version": self._state.version,
        }
        return Response(json.dumps(status), headers={"Content-Type": "application/json"})

    def _groups_of(self, call: Call) -> list[str]:
        """Return what counts a request; with a base path the server compares wrong paths."""
        group = GROUP_OF_PATH.get(call.raw_path, "api")
        hourly = self._state.generation.has_hourly_limit and self._state.limiter.has_limit("api2")
        return ["api2", "api"] if group == "api" and hourly else [group]

    def _dispatch(self, call: Call, path: str, site: Site, now: datetime) -> Response:
        for route in ROUTES:
            arguments = route.match(call.method, path)
            if arguments is not None:
                token = self._authenticate(call, site, now)
                _check_permission(token, route.permission)
                return route.handler(Context(call, self._state, site, token, arguments, now))
        raise not_found_error()

    def _authenticate(self, call: Call, site: Site, now: datetime) -> Token:
        token = self._state.accounts.find_token(_read_token(call))
        if token is None or token.user.account != site.account:
            raise _unauthorized_error("unknown token")
        forgets_user = self._state.generation.first_use_fails and token.is_idle(now)
        token.last_used_at = now
        if forgets_user:
            raise not_found_error()
        if not token.reaches(site):
            raise ApiError(HTTPStatus.FORBIDDEN, "this token does not have access to this site")
        return token


def _check_permission(token: Token, permission: Permission) -> None:
    if not token.may(permission):
        raise ApiError(HTTPStatus.FORBIDDEN, f"requires '{permission.text}' permissions")


def _read_token(call: Call) -> str:
    header = call.headers.get("authorization", "")
    if not header:
        raise _unauthorized_error("no Authorization header")
    scheme, _, value = header.partition(" ")
    if scheme != "Bearer" or not value or " " in value:
        raise _unauthorized_error("wrong format for Authorization header")
    return value


def _unauthorized_error(text: str) -> ApiError:
    headers = {"WWW-Authenticate": "Basic realm=GoatCounter"}
    return ApiError(HTTPStatus.UNAUTHORIZED, text, headers)


def _compress(call: Call, response: Response) -> Response:
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    if not is_json or "gzip" not in call.headers.get("accept-encoding", ""):
        return response
    headers = {**dict(response.headers), "Content-Encoding": "gzip"}
    headers.pop("content-length", None)
    return Response(gzip.compress(bytes(response.body)), response.status_code, headers)
