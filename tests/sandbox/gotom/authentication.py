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

ZONE = ZoneInfo("Europe/Zurich")
"""The server's time zone, which dates without an offset are read in."""

TOLERANCE = 30 * 60
"""Seconds that the date of a request may be away from the server's clock, either way."""

_CREDENTIALS = re.compile(r"gotom_app_api ((?:\\.|[^:])*+):([a-zA-Z0-9+/]+={0,2})", re.DOTALL)
"""User and signature, around the first colon that no backslash stands before."""


def authenticate(call: Call, instance: GoTom) -> User:
    """Return who sent a request.

    Raises:
        ResponseError: The request does not prove it.
    """
    credentials = _CREDENTIALS.fullmatch(call.headers.get("authorization", ""))
    if credentials is None:
        raise ResponseError(build_error_page(HTTPStatus.UNAUTHORIZED))
    _check_date(call.headers.get("date", ""), instance)
    # Header values arrive as bytes in the guise of Latin-1.
    name = re.sub(r"\\(.)", r"\1", credentials[1]).encode("latin-1").decode()
    user = instance.users.get(name)
    if user is None:
        raise _refuse("Invalid credentials.")
    if "content-type" not in call.headers:
        raise _refuse("Content type header required")
    if not hmac.compare_digest(credentials[2], _sign(call, user.secret)):
        raise _refuse("Signature not valid")
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
