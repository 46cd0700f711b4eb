"""How a request proves who sends it: a signature over what goes over the wire."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from requests.auth import AuthBase
from typing_extensions import override

from tap_gotom.config import CredentialSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest

    from tap_gotom.config import Credentials

PROVIDER: Final = "gotom_app_api"
DEFAULT_CONTENT_TYPE: Final = "application/json"


class HmacAuthenticator(AuthBase):
    """The signature of a prepared request, by the credentials that its path needs.

    It only sets headers, to the same effect however often it is called: the URL and the body stay
    as they were prepared, for these are what is signed.
    Source: goTom's API documentation, page "HMAC Authentication".
    """

    def __init__(self, credentials: Mapping[CredentialSet, Credentials]) -> None:
        """Sign with the credentials that are configured."""
        self._credentials = credentials

    @override
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        content_type = request.headers.setdefault("Content-Type", DEFAULT_CONTENT_TYPE)
        date = datetime.now(UTC).isoformat(timespec="seconds")
        target = request.path_url
        body = _to_bytes(request.body)
        text = build_string_to_sign(request.method or "GET", body, content_type, date, target)
        credentials = self._credentials[CredentialSet.for_path(target)]
        request.headers["Date"] = date
        request.headers["Authorization"] = format_authorization(credentials, text)
        return request


def build_string_to_sign(method: str, body: bytes, content_type: str, date: str, uri: str) -> str:
    """Return what is signed: six lines, of which the fifth, for further headers, stays empty.

    The server compares the content type in lower case, and the URI as it goes over the wire.
    """
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return f"{method.upper()}\n{digest}\n{content_type.lower()}\n{date}\n\n{uri}"


def format_authorization(credentials: Credentials, text: str) -> str:
    """Return the value of the header ``Authorization`` for what `build_string_to_sign` returns.

    It goes out as UTF-8, though HTTP libraries take it for Latin-1.
    """
    mac = hmac.new(credentials.secret.encode(), text.encode(), hashlib.sha1).digest()
    escaped = credentials.user.replace(":", r"\:")
    value = f"{PROVIDER} {escaped}:{base64.b64encode(mac).decode('ascii')}"
    return value.encode().decode("latin-1")


def _to_bytes(body: bytes | str | None) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""
