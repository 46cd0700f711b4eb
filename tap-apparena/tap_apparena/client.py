"""How to talk to App-Arena: requests, retries, errors."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from itertools import count
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

import msgspec
import requests
from requests.adapters import HTTPAdapter
from singer_sdk.exceptions import RetriableAPIError
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.streams import RESTStream
from typing_extensions import override

from tap_apparena.bodies import BodyError, stated_status
from tap_apparena.errors import AnswerError, UnreadableError, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from backoff.types import Details

    from tap_apparena.auth import Credential
    from tap_apparena.tap import TapAppArena

P = ParamSpec("P")
T = TypeVar("T")

Parameters = list[tuple[str, str]]

LONGEST_BACKOFF = 60
LONGEST_WAIT = 3700
NOT_ENCODED = "[],"
"""What the documented forms of filters, orders and lists have in them."""


def open_session(connections: int) -> requests.Session:
    """Open the session that all streams share.

    Cookies are refused, as threads share it. The certificates that the environment names are set
    here because prepared requests do not look for them.

    Args:
        connections: How many are kept open.
    """
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = (
        os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    )
    adapter = HTTPAdapter(pool_maxsize=connections)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class AppArenaClient(RESTStream[None]):
    """A stream as far as HTTP is concerned; threads may ask through it."""

    allow_redirects = False
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    _LOG_REQUEST_METRICS = False
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

    @property
    @override
    def timeout(self) -> int:
        return int(self.config["request_timeout"])

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

    def retrying(self, function: Callable[P, T]) -> Callable[P, T]:
        """Repeat a function on passing failures, with the pauses that the server asks for."""
        return cast("Callable[P, T]", self.request_decorator(cast("Any", function)))

    @override
    def validate_response(self, response: requests.Response) -> None:
        if response.status_code != HTTPStatus.OK:
            _refuse(response, response.status_code)

    @override
    def backoff_max_tries(self) -> int:
        return int(self.config["max_retries"]) + 1

    @override
    def backoff_wait_generator(self) -> Generator[float, Any, None]:
        error = yield 0.0
        for attempt in count():
            error = yield seconds_to_wait(error, attempt)

    @override
    def backoff_jitter(self, value: float) -> float:
        return value

    @override
    def backoff_handler(self, details: Details) -> None:
        self.logger.warning(
            "Trying again in %.0f seconds: %s", details.get("wait"), details.get("exception")
        )


def seconds_to_wait(error: Exception, attempt: int) -> float:
    """Seconds to wait before the next try.

    Args:
        error: What the last try raised.
        attempt: How many times was waited already.

    Returns:
        What ``Retry-After`` says and one second more, or ever longer without that header.

    Raises:
        UnreadableError: The server wants a longer wait than any limit lasts.
    """
    response: requests.Response | None = getattr(error, "response", None)
    asked = None if response is None else retry_after(response)
    if asked is None:
        return min(2.0 ** (attempt + 1), LONGEST_BACKOFF)
    if asked > LONGEST_WAIT:
        raise UnreadableError(f"{error} The server wants a wait of {asked:.0f} seconds.") from error
    return max(asked, 0.0) + 1


def retry_after(response: requests.Response) -> float | None:
    """Read ``Retry-After``, in seconds, from either of its two forms; it may be negative."""
    value = response.headers.get("Retry-After", "")
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None


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
