"""How to talk to goTom: requests, signatures, retries, errors."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar, cast

import requests
from singer_sdk.exceptions import RetriableAPIError
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.streams import RESTStream
from typing_extensions import override

from tap_gotom.errors import AnswerError, UnreadableError, describe
from tap_gotom.instance import Pair
from tap_gotom.pagination import NextPage, decoded, items_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from backoff.types import Details
    from singer_sdk.helpers.types import Record
    from singer_sdk.streams.rest import HTTPRequest, PageContext

    from tap_gotom.auth import HmacSignature
    from tap_gotom.tap import TapGoTom

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_BACKOFF = 60
LONGEST_WAIT = 3700
MOST_RETRIES_OF_A_REPORT = 2


def open_session() -> requests.Session:
    """Open the session that all streams share.

    Bodies are streamed, so that a report never has to fit into memory. Cookies are refused, as one
    user's session must not serve another user's requests. The certificates that the environment
    names are set here because prepared requests do not look for them.
    """
    session = requests.Session()
    session.stream = True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = (
        os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    )
    return session


class GoTomClient(RESTStream[int | None]):
    """A stream as far as HTTP is concerned.

    Attributes:
        pair: The credentials that sign its requests.
        content_type: What its requests say they carry; goTom wants one even where there is nothing.
        accept: What they ask for.
    """

    pair: ClassVar[Pair] = Pair.API
    content_type: ClassVar[str] = "application/json"
    accept: ClassVar[str] = "application/json"
    allow_redirects = False
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    _LOG_REQUEST_METRICS = False
    _tap: TapGoTom

    @property
    @override
    def url_base(self) -> str:
        return self._tap.instance.url

    @cached_property
    @override
    def authenticator(self) -> HmacSignature:
        return self._tap.instance.signatures[self.pair]

    @property
    @override
    def requests_session(self) -> requests.Session:
        return self._tap.session

    @property
    @override
    def http_headers(self) -> dict[str, str]:
        return {"Content-Type": self.content_type, "Accept": self.accept}

    @property
    @override
    def timeout(self) -> int:
        return int(self.config["request_timeout"])

    @override
    def get_new_paginator(self) -> NextPage:
        return NextPage()

    @override
    def get_http_request(self, *, page: PageContext[int | None]) -> HTTPRequest:
        request = super().get_http_request(page=page)
        request.params["page"] = page.next_page_token
        return request

    @override
    def parse_response(self, response: requests.Response) -> Iterable[Record]:
        return items_of(response)

    def ask(self, path: str) -> dict[str, Any]:
        """Send a GET request, again if need be, and decode the object that it answers.

        Args:
            path: Path with everything in it percent-encoded.

        Raises:
            AnswerError: The server refused.
            UnreadableError: The answer is no JSON object.
        """
        return decoded(self.retrying(self.once)(path), dict)

    def once(self, path: str) -> requests.Response:
        """Send a GET request a single time.

        Raises:
            AnswerError: The server refused.
            RetriableAPIError: It failed, or has a limit.
            requests.RequestException: There was no answer, or not all of it.
        """
        request = self.build_prepared_request(
            "GET", self.url_base + path, headers=self.http_headers
        )
        return self._request(request, None)

    def retrying(self, function: Callable[P, T]) -> Callable[P, T]:
        """Repeat a function on passing failures, with the pauses that the server asks for."""
        return cast("Callable[P, T]", self.request_decorator(cast("Any", function)))

    @override
    def validate_response(self, response: requests.Response) -> None:
        status = response.status_code
        if self.pair is not Pair.GRAPH or status != HTTPStatus.OK:
            _ = response.content  # read here, where a broken transfer is tried again
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RetriableAPIError(describe(response), response)
        if status != HTTPStatus.OK:
            raise AnswerError(response)

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
        AnswerError: A report was refused often enough to take the refusal for final.
        UnreadableError: The server wants a longer wait than any limit lasts.
    """
    response: requests.Response | None = getattr(error, "response", None)
    if response is not None and attempt >= MOST_RETRIES_OF_A_REPORT and _is_refused(response):
        raise AnswerError(response) from error
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


def _is_refused(response: requests.Response) -> bool:
    """Tell whether it may be the report's kind that is wrong, which goTom answers with 500."""
    path = response.request.path_url
    return (
        response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        and Pair.of_path(path) is Pair.GRAPH
    )
