"""How to talk to App-Arena: requests, retries, errors."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from singer_sdk.exceptions import RetriableAPIError
from typing_extensions import override

from tap_apparena.bodies import BodyError, stated_status
from tap_apparena.errors import AnswerError, UnreadableError, describe
from tap_apparena.retries import RetryingStream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import requests

    from tap_apparena.auth import Credential
    from tap_apparena.tap import TapAppArena

T = TypeVar("T")

Parameters = list[tuple[str, str]]

NOT_ENCODED = "[],"
"""What the documented forms of filters, orders and lists have in them."""


class AppArenaClient(RetryingStream[None]):
    """A stream as far as HTTP is concerned; threads may ask through it."""

    has_one_server = True
    _tap: TapAppArena

    @property
    @override
    def url_base(self) -> str:
        return self._tap.connection.url

    @cached_property
    @override
    def authenticator(self) -> Credential:
        return self._tap.connection.credential

    @property
    @override
    def requests_session(self) -> requests.Session:
        return self._tap.session

    @property
    @override
    def http_headers(self) -> dict[str, str]:
        return {"Accept": "application/json", "Content-Type": "application/json"}

    def ask(self, path: str, parameters: Sequence[tuple[str, str]], read: Callable[[Any], T]) -> T:
        """Send a GET request, again if need be, and read its answer.

        Args:
            path: Below the API's own path.
            parameters: The query.
            read: Makes what is wanted of the decoded body.

        Returns:
            What `read` made.

        Raises:
            AnswerError: The server refused.
            UnreadableError: The answer is not what the API answers.
            RetriableAPIError: It failed to the last.
            requests.RequestException: There was no answer, or not all of it.
        """
        query = urlencode(parameters, safe=NOT_ENCODED)
        return self.retrying(self._once)(path, query, read)

    def _once(self, path: str, query: str, read: Callable[[Any], T]) -> T:
        request = self.build_prepared_request(
            "GET", self.url_base + path, params=query, headers=self.http_headers
        )
        response = self._request(request, None)
        try:
            body = msgspec.json.decode(response.content)
        except msgspec.DecodeError as error:
            raise _undecodable(response, error) from None
        if (stated := stated_status(body)) is not None:
            _refuse(response, _status(stated))
        try:
            return read(body)
        except BodyError as error:
            raise UnreadableError(
                f"{describe(response, response.status_code)} {error} That is not what the API "
                "answers: check 'api_url', and what stands in front of the server."
            ) from None

    @override
    def validate_response(self, response: requests.Response) -> None:
        if response.status_code != HTTPStatus.OK:
            _refuse(response, response.status_code)


def _refuse(response: requests.Response, status: int) -> None:
    """Raise the error for a status, which is worth another try if it may pass.

    Raises:
        RetriableAPIError: It may.
        AnswerError: It will not.
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise RetriableAPIError(describe(response, status), response)
    raise AnswerError(response, status)


def _status(stated: Any) -> int:
    """Give the status that an error's body states under 200, as far as it is one."""
    text = str(stated)
    return int(text) if text.isascii() and text.isdigit() else int(HTTPStatus.OK)


def _undecodable(
    response: requests.Response, error: msgspec.DecodeError
) -> RetriableAPIError | UnreadableError:
    """Make the error about a body that is no JSON, or that was cut off on its way."""
    asked = describe(response, response.status_code)
    if response.content.lstrip()[:1] in {b"{", b"["}:
        return RetriableAPIError(f"{asked} The body is broken: {error}.", response)
    return UnreadableError(
        f"{asked} That is not the API: check 'api_url', and whether a login or a maintenance page "
        "stands in front of it."
    )
