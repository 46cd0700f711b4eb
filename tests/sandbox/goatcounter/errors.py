"""Errors in the form of GoatCounter: JSON to those who send JSON, a page to everybody else."""

from __future__ import annotations

import html
import json
import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON_ERROR_TYPE = "text/plain; charset=utf-8"
"""Content type of JSON that is not a plain success."""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
\t<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
\t<title>GoatCounter</title>
</head>

<body>
\t<nav class="center"><strong><a href="/">← Home</a></strong></nav>
\t<div class="page">
\t\t<h1>{title}</h1>
\t\t<p>{text}</p>
\t</div>
</body>
</html>
"""

_CODED = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}


class ApiError(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        """An error with one sentence.

        Args:
            status: HTTP status.
            text: The sentence.
            headers: Further headers of the answer.
        """
        super().__init__(text)
        self.status = HTTPStatus(status)
        self.text = text
        self.headers = dict(headers or {})
        self.content: dict[str, object] = {"error": text}

    def response(self, *, as_json: bool) -> Response:
        """The answer, as JSON or as a page."""
        if as_json:
            body = json.dumps(self.content, ensure_ascii=False, separators=(",", ":"))
            return Response(body, self.status, {**self.headers, "Content-Type": JSON_ERROR_TYPE})
        headers = {**self.headers, "Content-Type": "text/html; charset=utf-8"}
        return Response(self._page(), self.status, headers)

    def _page(self) -> str:
        if self.status is HTTPStatus.NOT_FOUND:
            text = "This page doesn’t exist."  # noqa: RUF001
            return _PAGE.format(title="Not found", text=text)
        prefix = f"error {self.status.value}: " if self.status in _CODED else ""
        return _PAGE.format(
            title=f"Error {self.status.value}",
            text=prefix
            + html.escape(self.text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
        )


class InvalidFieldsError(ApiError):
    """Fields of a request that are not what they must be."""

    def __init__(self, errors: Mapping[str, object]) -> None:
        """A validation error.

        Args:
            errors: What is wrong, by field: a list of sentences, or one for a hit of ``/count``.
        """
        super().__init__(HTTPStatus.BAD_REQUEST, "; ".join(map(str, errors.values())))
        self.content = {"errors": dict(errors)}


def not_found() -> ApiError:
    """What does not exist and what must not be seen have the same message."""
    return ApiError(HTTPStatus.NOT_FOUND, "not found")


def unexpected(cause: str) -> ApiError:
    """What the server did not foresee, with a code that depends on the cause alone."""
    code = _base36(zlib.crc32(cause.encode()))
    text = f"unexpected error code ‘{code}’; this has been reported for investigation"  # noqa: RUF001
    return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, text)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"
