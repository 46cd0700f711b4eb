"""How a request proves who sends it: a signature over what goes over the wire."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from requests.auth import AuthBase
from typing_extensions import override
from urllib3.util import parse_url

if TYPE_CHECKING:
    from requests import PreparedRequest

PROVIDER = "gotom_app_api"
DEFAULT_CONTENT_TYPE = "application/json"


class HmacSignature(AuthBase):
    """Signs a prepared request, on each attempt with the time of that attempt.

    It only sets headers, to the same effect however often it is called: the URL and the body stay
    as they were prepared, for these are what is signed.
    Source: goTom's API documentation, page "HMAC Authentication".
    """

    def __init__(self, user: str, secret: str) -> None:
        """Sign for one user.

        Args:
            user: The API user.
            secret: What goTom's support has handed out with it.
        """
        self._user = user
        self._secret = secret

    @override
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        content_type = request.headers.setdefault("Content-Type", DEFAULT_CONTENT_TYPE)
        date = datetime.now(UTC).isoformat(timespec="seconds")
        signed = string_to_sign(
            request.method or "GET", _bytes(request.body), content_type, date, _target(request)
        )
        request.headers["Date"] = date
        request.headers["Authorization"] = authorization(self._user, self._secret, signed)
        return request


def string_to_sign(method: str, body: bytes, content_type: str, date: str, uri: str) -> str:
    r"""Put together what is signed.

    Args:
        method: The HTTP method.
        body: The raw body, empty if there is none.
        content_type: The header; the server compares it in lower case.
        date: The header, in ISO 8601 with an offset.
        uri: Path and query as they go over the wire.

    Returns:
        Six parts joined by ``\n``; the fifth, for headers that goTom has none of, is empty.
    """
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return f"{method.upper()}\n{digest}\n{content_type.lower()}\n{date}\n\n{uri}"


def authorization(user: str, secret: str, signed: str) -> str:
    """Give the value of the header ``Authorization``.

    Args:
        user: The API user; a colon in it is escaped.
        secret: The user's secret.
        signed: What `string_to_sign` gave.

    Returns:
        The header, which goes out as UTF-8 though HTTP libraries take it for Latin-1.
    """
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()
    escaped = user.replace(":", r"\:")
    value = f"{PROVIDER} {escaped}:{base64.b64encode(mac).decode('ascii')}"
    return value.encode().decode("latin-1")


def _target(request: PreparedRequest) -> str:
    """Give path and query as they go over the wire.

    Of a query that was given as text, ``requests`` leaves some characters to urllib3 to encode.
    """
    path, mark, query = request.path_url.partition("?")
    return path + mark + (parse_url(f"/?{query}").query or "")


def _bytes(body: bytes | str | None) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""
