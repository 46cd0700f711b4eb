"""Who sent a request, and may that user: the checks of the server, in its order and texts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.sandbox.gotom.responses import ResponseError, build_error_page, build_json

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.sandbox.gotom.go_tom import GoTom

ZONE = ZoneInfo("Europe/Zurich")
"""The server's time zone, which dates without an offset are read in."""

TOLERANCE = 30 * 60
"""Seconds that the date of a request may be away from the server's clock, either way."""

_CREDENTIALS = re.compile(r"gotom_app_api ((?:\\.|[^:])*+):([a-zA-Z0-9+/]+={0,2})", re.DOTALL)
"""User and signature, around the first colon that no backslash stands before."""

REPORTS, API, LOOKUPS = "reports", "api", "lookups"
_GROUPS = {
    REPORTS: ("/app-api/graph-export/", "/app-api/custom-report-export/"),
    LOOKUPS: ("/app-api/primary-keys/",),
    API: (
        "/app-api/primary-keys/",
        "/app-api/export/",
        "/app-api/campaign/",
        "/app-api/customer",
    ),
}
"""The beginnings of the paths that users can order; of everything but reports also a part."""


@dataclass(frozen=True)
class User:
    """One API user, with the groups of endpoints that it has ordered."""

    name: str
    secret: str
    groups: frozenset[str]

    def may_call(self, path: str) -> bool:
        """Return whether the user may call an endpoint."""
        return any(path.startswith(_GROUPS[group]) for group in self.groups)


def authenticate(request: Request, body: bytes, instance: GoTom) -> User:
    """Return who sent a request.

    Raises:
        ResponseError: The request does not prove it.
    """
    credentials = _CREDENTIALS.fullmatch(request.headers.get("authorization", ""))
    if credentials is None:
        raise ResponseError(build_error_page(HTTPStatus.UNAUTHORIZED))
    _check_date(request.headers.get("date", ""), instance)
    # Header values arrive as bytes in the guise of Latin-1.
    name = re.sub(r"\\(.)", r"\1", credentials[1]).encode("latin-1").decode()
    user = instance.users.get(name)
    if user is None:
        raise _refuse("Invalid credentials.")
    if "content-type" not in request.headers:
        raise _refuse("Content type header required")
    if not hmac.compare_digest(credentials[2], _sign(request, body, user.secret)):
        raise _refuse("Signature not valid")
    return user


def _sign(request: Request, body: bytes, secret: str) -> str:
    """Return the signature that a request must carry.

    The empty line stands for headers that goTom does not use.
    """
    path, query = request.scope["raw_path"], request.scope["query_string"]
    lines = (
        request.method.upper(),
        hashlib.md5(body, usedforsecurity=False).hexdigest(),
        request.headers["content-type"].lower(),
        request.headers["date"],
        "",
        (path + b"?" + query if query else path).decode("latin-1"),
    )
    text = "\n".join(lines).encode("latin-1")
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha1")).decode()


def _check_date(text: str, instance: GoTom) -> None:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise _refuse("Timestamp not valid") from None
    sent = int((date if date.tzinfo else date.replace(tzinfo=ZONE)).timestamp())
    now = int(instance.now().timestamp())
    if now > sent + TOLERANCE:
        raise _refuse("Request is too old")
    if sent > now + TOLERANCE:
        raise _refuse("Request is too far in the future")


def _refuse(text: str) -> ResponseError:
    return ResponseError(build_json(text, HTTPStatus.UNAUTHORIZED))
