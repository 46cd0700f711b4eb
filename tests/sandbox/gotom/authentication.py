"""Who sent a request: the checks of the server, in its order and with its texts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.sandbox.gotom.responses import ResponseError, build_error_page, build_json

if TYPE_CHECKING:
    from tests.sandbox.gotom.call import Call
    from tests.sandbox.gotom.go_tom import GoTom
    from tests.sandbox.gotom.users import User

PROVIDER = "gotom_app_api"
"""Scheme of the ``Authorization`` header."""

ZONE = ZoneInfo("Europe/Zurich")
"""The server's time zone, which dates without an offset are read in."""

TOLERANCE = 30 * 60
"""Seconds that the date of a request may be away from the server's clock, either way."""

_CREDENTIALS = re.compile(r"((?:\\.|[^:])*+):((?:\\.|[^:])*+)", re.DOTALL)
"""User and signature, around the first colon that no backslash stands before."""
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
_BASE64 = re.compile(r"[a-zA-Z0-9+/]+={0,2}")


def authenticate(call: Call, instance: GoTom) -> User:
    """Return who sent a request.

    Raises:
        ResponseError: The request does not prove it.
    """
    if not call.headers.get("authorization", "").startswith(PROVIDER):
        raise ResponseError(build_error_page(HTTPStatus.UNAUTHORIZED))
    name, sent = _read_credentials(call)
    _check_date(call, instance)
    user = instance.users.get(name)
    if user is None:
        raise _refusal("Invalid credentials.")
    if "content-type" not in call.headers:
        raise _refusal("Content type header required")
    if not hmac.compare_digest(sent, _sign(call, user.secret)):
        raise _refusal("Signature not valid")
    return user


def _sign(call: Call, secret: str) -> str:
    """Return the signature that a request must carry.

    The empty line stands for headers that goTom does not use.
    """
    lines = (
        call.method.upper(),
        hashlib.md5(call.body, usedforsecurity=False).hexdigest(),
        call.headers["content-type"].lower(),
        call.headers["date"],
        "",
        call.target,
    )
    text = "\n".join(lines).encode("latin-1")
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha1")).decode()


def _read_credentials(call: Call) -> tuple[str, str]:
    """Return user and signature; header values arrive as bytes in the guise of Latin-1."""
    scheme, blank, credentials = call.headers["authorization"].partition(" ")
    if scheme != PROVIDER or not blank:
        raise _refusal("Invalid provider in authorization header")
    parts = _CREDENTIALS.match(credentials)
    if parts is None:
        raise _refusal("Unable to parse ID and signature from authorization header")
    if not _BASE64.fullmatch(parts[2]):
        raise _refusal("Invalid signature in authorization header")
    return _ESCAPED.sub(r"\1", parts[1]).encode("latin-1").decode("utf-8", "replace"), parts[2]


def _check_date(call: Call, instance: GoTom) -> None:
    if not call.headers.get("date"):
        raise _refusal("Date header required")
    try:
        date = datetime.fromisoformat(call.headers["date"])
    except ValueError:
        raise _refusal("Timestamp not valid") from None
    sent = int((date if date.tzinfo else date.replace(tzinfo=ZONE)).timestamp())
    now = int(instance.now().timestamp())
    if now > sent + TOLERANCE:
        raise _refusal("Request is too old")
    if sent > now + TOLERANCE:
        raise _refusal("Request is too far in the future")


def _refusal(text: str) -> ResponseError:
    return ResponseError(build_json(text, HTTPStatus.UNAUTHORIZED))
