"""Who sent a request: the checks of the server, in its order and with its texts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.sandbox.gotom.answers import AnswerError, json_answer, page

if TYPE_CHECKING:
    from tests.sandbox.gotom.call import Call
    from tests.sandbox.gotom.go_tom import GoTom
    from tests.sandbox.gotom.users import User

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d)?)(?:\.\d+)?( ?(?:[Zz]|[+-]\d\d(?::?\d\d)?))?"
)


ZONE = ZoneInfo("Europe/Zurich")
"""The server's time zone, which dates without an offset are read in."""


def parse_date(text: str) -> int | None:
    """The seconds since 1970 that a date stands for; None if it is not understood."""
    moment = _iso(text) or _internet(text)
    if moment is None:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).timestamp()) or None


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    moment, offset = found.groups()
    try:
        return datetime.fromisoformat(moment.upper() + (offset or "").strip().upper())
    except ValueError:
        return None


def _internet(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


PROVIDER = "gotom_app_api"
"""Scheme of the ``Authorization`` header."""


def signed_text(call: Call) -> str:
    """What the signature covers; the empty line stands for headers that goTom does not use."""
    lines = (
        call.method.upper(),
        hashlib.md5(call.body, usedforsecurity=False).hexdigest(),
        call.headers["content-type"].lower(),
        call.headers["date"],
        "",
        call.target,
    )
    return "\n".join(lines)


def signature(call: Call, secret: str) -> str:
    """The signature that a request must carry."""
    text = signed_text(call).encode("latin-1")
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha1")).decode()


TOLERANCE = 30 * 60
"""Seconds that the date of a request may be away from the server's clock, either way."""

_CREDENTIALS = re.compile(r"((?:\\.|[^:])*+):((?:\\.|[^:])*+)", re.DOTALL)
"""User and signature, around the first colon that no backslash stands before."""
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
_BASE64 = re.compile(r"[a-zA-Z0-9+/]+={0,2}")


def authenticate(call: Call, instance: GoTom) -> User:
    """Finds out who sent a request.

    Raises:
        AnswerError: If the request does not prove it.
    """
    if not call.headers.get("authorization", "").startswith(PROVIDER):
        raise AnswerError(page(HTTPStatus.UNAUTHORIZED, "Authorization header required"))
    name, sent = _credentials(call)
    _check_date(call, instance)
    user = _user(name, instance)
    if "content-type" not in call.headers:
        raise _refusal("Content type header required")
    if not hmac.compare_digest(sent, signature(call, user.secret)):
        raise _refusal("Signature not valid")
    return user


def _credentials(call: Call) -> tuple[str, str]:
    scheme, blank, credentials = call.headers["authorization"].partition(" ")
    if scheme != PROVIDER or not blank:
        raise _refusal("Invalid provider in authorization header")
    parts = _CREDENTIALS.match(credentials)
    if parts is None:
        raise _refusal("Unable to parse ID and signature from authorization header")
    if not _BASE64.fullmatch(parts[2]):
        raise _refusal("Invalid signature in authorization header")
    return _ESCAPED.sub(r"\1", parts[1]), parts[2]


def _check_date(call: Call, instance: GoTom) -> None:
    text = call.headers.get("date", "")
    if text in {"", "0"}:
        raise _refusal("Date header required")
    date = parse_date(text)
    if date is None:
        raise _refusal("Timestamp not valid")
    now = int(instance.now().timestamp())
    if now > date + TOLERANCE:
        raise _refusal("Request is too old")
    if date > now + TOLERANCE:
        raise _refusal("Request is too far in the future")


def _user(name: str, instance: GoTom) -> User:
    if name in {"", "0"}:
        raise _refusal("No user id")
    # Header values arrive as bytes in the guise of Latin-1.
    user = instance.users.get(name.encode("latin-1").decode("utf-8", "replace"))
    if user is None:
        raise _refusal("Invalid credentials.")
    return user


def _refusal(text: str) -> AnswerError:
    return AnswerError(json_answer(text, HTTPStatus.UNAUTHORIZED))
