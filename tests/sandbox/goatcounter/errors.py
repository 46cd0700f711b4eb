"""Errors in the form of GoatCounter."""

from __future__ import annotations

import json
import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON_ERROR_TYPE = "text/plain; charset=utf-8"
"""Content type of JSON that is not a plain success."""


class ApiError(Exception):
    """A response that is not a success."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        """Describe an error in one sentence.

        Args:
            status: HTTP status.
            text: The sentence.
            headers: Further headers of the response.
        """
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = dict(headers or {})

    def to_response(self) -> Response:
        """Return the response."""
        body = json.dumps({"error": self.text}, ensure_ascii=False)
        return Response(body, self.status, {**self.headers, "Content-Type": JSON_ERROR_TYPE})


def bad_request_error(text: str) -> ApiError:
    """Return the error of a request that says something wrong."""
    return ApiError(HTTPStatus.BAD_REQUEST, text)


def not_found_error() -> ApiError:
    """Return the error of what does not exist, or must not be seen."""
    return ApiError(HTTPStatus.NOT_FOUND, "not found")


def unexpected_error(cause: str) -> ApiError:
    """Return the error of what the server did not foresee, with a code for its cause."""
    code = f"{zlib.crc32(cause.encode()):x}"
    text = f"unexpected error code ‘{code}’; this has been reported for investigation"  # noqa: RUF001
    return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, text)
