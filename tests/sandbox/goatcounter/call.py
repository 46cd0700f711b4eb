"""One request on its way through the server, and the forms of responses."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from starlette.datastructures import Headers

    from tests.sandbox.goatcounter.state import Generation, ServerState, Site, Token


@dataclass(frozen=True)
class Call:
    """A request as it arrived."""

    method: str
    raw_path: str
    query: str
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Context:
    """A request that has found its site, its endpoint and its token.

    Attributes:
        arguments: The variable parts of the path.
    """

    call: Call
    state: ServerState
    site: Site
    token: Token
    arguments: Mapping[str, str]
    now: datetime

    @property
    def generation(self) -> Generation:
        """Which server is played."""
        return self.state.generation

    def read_query(self, known: Collection[str]) -> dict[str, str]:
        """Return the query.

        Raises:
            ApiError: It has another parameter than those known.
        """
        values = dict(parse_qsl(self.call.query))
        check_names(values, known)
        return values


class ApiError(Exception):
    """A response that is not a success."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        """Describe an error in one sentence."""
        super().__init__(text)
        self._status = status
        self._text = text
        self._headers = headers

    def to_response(self) -> Response:
        """Return the response, whose type does not say that it is JSON."""
        response = json_response({"error": self._text}, self._status)
        response.headers.update(self._headers or {})
        return response


def json_response(content: object, status: int = HTTPStatus.OK) -> Response:
    """Return a response in JSON; only a plain success also says that it is."""
    kind = "application/json" if status == HTTPStatus.OK else "text/plain"
    is_error = status >= HTTPStatus.BAD_REQUEST
    body = json.dumps(content, ensure_ascii=False, indent=None if is_error else 2)
    ending = "" if is_error else "\n"
    return Response(body + ending, status, {"Content-Type": f"{kind}; charset=utf-8"})


def check_names(given: Collection[str], known: Collection[str]) -> None:
    """Check the names of parameters or fields.

    Raises:
        ApiError: There is another one.
    """
    for name in given:
        if name not in known:
            raise ApiError(HTTPStatus.BAD_REQUEST, f'unknown parameter: "{name}"')


def not_found_error() -> ApiError:
    """Return the error of what does not exist, or must not be seen."""
    return ApiError(HTTPStatus.NOT_FOUND, "not found")


def unexpected_error(cause: str) -> ApiError:
    """Return the error of what the server did not foresee, with a code for its cause."""
    code = f"{zlib.crc32(cause.encode()):x}"
    text = f"unexpected error code ‘{code}’; this has been reported for investigation"  # noqa: RUF001
    return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, text)
