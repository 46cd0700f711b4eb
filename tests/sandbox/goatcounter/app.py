"""The server: from a request to its response."""

from __future__ import annotations

import gzip
import json
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.sandbox.goatcounter import breakdowns, exports, statistics
from tests.sandbox.goatcounter.call import ApiError, Call, Context, json_response, not_found_error
from tests.sandbox.goatcounter.hits import Hit, HitError
from tests.sandbox.goatcounter.state import TEMPLATES, Permission
from tests.sandbox.paths import match

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from tests.sandbox.goatcounter.state import ServerState, Site, Token

API = "/api/v0"
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
            go = "go1.27.3" if self._state.generation.is_newer else "go1.26.4"
            status = {**TEMPLATES["status"], "go": go, "version": self._state.version}
            return Response(json.dumps(status), headers={"Content-Type": "application/json"})
        if not call.raw_path.startswith(f"{base_path}{API}/"):
            return PlainTextResponse("404 page not found\n", 404)
        host = call.headers.get("host", "")
        site = self._state.find_site_at(host)
        if site is None:
            text = f'no site at this domain ("{host}")'
            return ApiError(HTTPStatus.BAD_REQUEST, text).to_response()
        charge = self._state.limiter.charge(self._groups_of(call), now)
        if charge.refused:
            text = f"rate limited exceeded; try again in {charge.wait:.6f}s"
            return ApiError(HTTPStatus.TOO_MANY_REQUESTS, text, charge.headers).to_response()
        try:
            response = self._dispatch(call, _decode_path(path), site, now)
        except ApiError as error:
            response = error.to_response()
        response.headers.update(charge.headers)
        return _compress(call, response)

    def _groups_of(self, call: Call) -> list[str]:
        """Return what counts a request; with a base path the server compares wrong paths."""
        group = GROUP_OF_PATH.get(call.raw_path, "api")
        has_hourly_limit = self._state.generation.is_newer and self._state.limiter.has_limit("api2")
        return ["api2", "api"] if group == "api" and has_hourly_limit else [group]

    def _dispatch(self, call: Call, path: str, site: Site, now: datetime) -> Response:
        for route in ROUTES:
            arguments = match(API + route.path, path) if route.method == call.method else None
            if arguments is not None:
                token = self._authenticate(call, site, now)
                if route.permission not in Permission(token.permissions):
                    text = f"requires '{route.permission.text}' permissions"
                    raise ApiError(HTTPStatus.FORBIDDEN, text)
                return route.handler(Context(call, self._state, site, token, arguments, now))
        raise not_found_error()

    def _authenticate(self, call: Call, site: Site, now: datetime) -> Token:
        token = self._state.find_token(_read_token(call))
        if token is None or token.user.account != site.account:
            raise _unauthorized_error("unknown token")
        forgets_user = self._state.generation.is_newer and token.is_idle(now)
        token.last_used_at = now
        if forgets_user:
            raise not_found_error()
        if not token.reaches(site):
            raise ApiError(HTTPStatus.FORBIDDEN, "this token does not have access to this site")
        return token


class Route(NamedTuple):
    """One endpoint; its path comes after ``/api/v0``, and a part in braces is variable."""

    method: str
    path: str
    handler: Callable[[Context], Response]
    permission: Permission = Permission.NONE


def show_me(context: Context) -> Response:
    """Answer ``GET /me``: user and token."""
    user = context.token.user.to_json(context.generation)
    return json_response({"user": user, "token": context.token.to_json()})


def list_sites(context: Context) -> Response:
    """Answer ``GET /sites``: the site of the host called and its children, these by code."""
    children = [site for site in context.state.sites if site.parent == context.site.id]
    sites = [context.site, *sorted(children, key=lambda child: child.code)]
    return json_response({"sites": [site.to_json(context.generation) for site in sites]})


def count_hits(context: Context) -> Response:
    """Answer ``POST /count``: store hits."""
    try:
        for fields in json.loads(context.call.body)["hits"]:
            context.state.store.add(context.site, Hit.from_mapping(fields), context.now)
    except HitError as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, str(error)) from error
    return json_response({"status": "ok"}, HTTPStatus.ACCEPTED)


ROUTES = (
    Route("GET", "/me", show_me),
    Route("GET", "/sites", list_sites, Permission.SITE_READ),
    Route("POST", "/count", count_hits, Permission.COUNT),
    Route("POST", "/export", exports.start_export, Permission.EXPORT),
    Route("GET", "/export/{id}", exports.show_export, Permission.EXPORT),
    Route("GET", "/export/{id}/download", exports.download_export, Permission.EXPORT),
    Route("GET", "/paths", statistics.list_paths, Permission.STATS),
    Route("GET", "/stats/total", statistics.count_total, Permission.STATS),
    Route("GET", "/stats/hits", statistics.count_by_path, Permission.STATS),
    Route("GET", "/stats/hits/{path_id}", breakdowns.list_referrers, Permission.STATS),
    Route("GET", "/stats/{page}", breakdowns.list_breakdown, Permission.STATS),
    Route("GET", "/stats/{page}/{id}", breakdowns.list_detail, Permission.STATS),
)


def _decode_path(raw_path: str) -> str:
    """Return the path that routes are compared with.

    It is decoded if it was encoded the way Go would have; otherwise it stays as sent.
    """
    decoded = unquote(raw_path)
    return decoded if quote(decoded, safe="/$&+,:;=@~") == raw_path else raw_path


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
