"""How to talk to the API: requests, pace, retries, errors. Many threads may do so at once."""

from __future__ import annotations

import random
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.exceptions import RetriableAPIError
from typing_extensions import override

from tap_studio_openapi.errors import AnswerError, UnreadableError, describe
from tap_studio_openapi.retries import RetryingStream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests
    from backoff.types import Details
    from requests import PreparedRequest

    from tap_studio_openapi.connections import Connection
    from tap_studio_openapi.tap import TapStudioOpenApi

MOST_REPETITIONS_TOLD = 3


@dataclass(frozen=True)
class Answer:
    """What the server said.

    Attributes:
        asked: The method and path, for errors.
        body: The decoded JSON.
    """

    asked: str
    body: Any

    @override
    def __str__(self) -> str:
        """Tell which answer it is, for errors."""
        return f"{self.asked} was answered."


class StudioClient(RetryingStream[None]):
    """A stream as far as HTTP is concerned.

    Attributes:
        repeated: How often a request was sent again after a passing failure.
    """

    url_base = ""
    _tap: TapStudioOpenApi
    repeated = 0

    @property
    @override
    def authenticator(self) -> Callable[[PreparedRequest], PreparedRequest]:
        """Leave requests alone: each bears the key of its connection already."""
        return _unchanged

    @property
    @override
    def requests_session(self) -> requests.Session:
        return self._tap.session

    def ask(
        self, connection: Connection, path: str, params: Mapping[str, Any] | None = None
    ) -> Answer:
        """Send a GET request, again if need be, and decode the answer.

        Args:
            connection: Whose key to use.
            path: Begins with ``/v1``.
            params: The query.

        Raises:
            AnswerError: The server refused.
            UnreadableError: The answer is not JSON.
        """
        response = self.retrying(self.once)("GET", connection, path, params)
        try:
            return Answer(f"GET {path}", msgspec.json.decode(response.content))
        except msgspec.DecodeError:
            raise UnreadableError(
                f"{describe(response)} That is not the Open API: check 'base_url', and what "
                "stands in front of the server."
            ) from None

    def once(
        self,
        method: str,
        connection: Connection,
        path: str,
        params: Mapping[str, Any] | None = None,
    ) -> requests.Response:
        """Send a request a single time.

        Raises:
            AnswerError: The server refused.
            RetriableAPIError: It failed, or is under load.
            requests.RequestException: There was no answer, or not all of it.
        """
        request = self.build_prepared_request(
            method,
            connection.url + path,
            params=params,
            headers={
                "Accept": "application/json",
                "Accept-Language": self.config["accept_language"],
            },
            auth=connection.auth,
        )
        return self._request(request, None)

    @override
    def validate_response(self, response: requests.Response) -> None:
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RetriableAPIError(describe(response), response)
        if response.status_code != HTTPStatus.OK:
            raise AnswerError(response)

    @override
    def backoff_handler(self, details: Details) -> None:
        """Tell the first repetitions, and count all: in a storm each request has several."""
        self.repeated += 1
        if self.repeated <= MOST_REPETITIONS_TOLD:
            super().backoff_handler(details)

    @override
    def backoff_jitter(self, value: float) -> float:
        """Wait a little longer, not the same for all threads, lest they come back together."""
        return value * random.uniform(1, 1.25)  # noqa: S311


def _unchanged(request: PreparedRequest) -> PreparedRequest:
    return request
