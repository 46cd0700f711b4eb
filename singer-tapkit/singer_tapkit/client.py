"""An HTTP client for one API: a session, credentials, retries, rate limits, decoded answers.

The tap builds it and hands it to its streams; many threads may use it at once. A tap derives its
own client, which says what errors of its API look like and what the user can do about them.
"""

from __future__ import annotations

import logging
import random
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, ParamSpec, TypeVar
from urllib.parse import urlsplit

import backoff
import requests
from requests.exceptions import InvalidHeader, InvalidURL, MissingSchema

from singer_tapkit.body import CHUNK_BYTES, CheckedBody, decode_json, describe_content
from singer_tapkit.errors import (
    ApiError,
    ExtractionError,
    GatewayError,
    NoResponseError,
    RequestError,
    RetryAfterTooLongError,
    connection_error_message,
    is_certificate_error,
    redact,
    response_error_message,
    truncate,
)
from singer_tapkit.rate_limit import RateLimitKey
from singer_tapkit.session import add_proxy, open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from backoff.types import Details
    from requests import PreparedRequest, Response
    from requests.auth import AuthBase

    from singer_tapkit.rate_limit import RateLimiter

T = TypeVar("T")
P = ParamSpec("P")

MAX_BACKOFF: Final = 60.0
MAX_RETRY_AFTER: Final = 3700.0
MAX_LOGGED_RETRIES: Final = 3
MAX_GATEWAY_RETRIES: Final = 2
"""A page from something in between is worth another try, but is mostly there to stay."""

MAX_RATE_LIMITED: Final = 15 * 60.0
DEFAULT_RETRY_AFTER: Final = 60.0
MAX_JITTER: Final = 1.25
SECONDS: Final = re.compile(r"-?[0-9]+(?:\.[0-9]*)?")

USER_IN_URL: Final = re.compile(r"//[^/@]*@")
HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class ErrorBody(NamedTuple):
    """What an API says in the body of an error.

    Attributes:
        detail: Its words.
        code: Its own code, if it has any.
    """

    detail: str
    code: str | None = None


class HttpClient:
    """Sends requests to an API, and returns what it answers.

    It follows no redirects, which would take credentials to another address, and keeps no cookies,
    as those of one key must not go out with another.

    Attributes:
        hints: What the user can do about an error, by status.
        redirect_hint: The same about a redirect.
        connection_hint: The same about no response.
        not_api_hint: The same about a body that is not the API's.
        waits_for_limits: Whether requests that the server refuses with 429 go out again by
            themselves, once the rate limiter lets them; else they raise an `ApiError` like others.
        retried: How many requests were sent again.
    """

    hints: ClassVar[Mapping[int, str]] = {}
    redirect_hint: ClassVar[str] = "Set the address in the settings to where it redirects to."
    connection_hint: ClassVar[str] = (
        "Check the address in the settings, the network and the proxies in between; for slow "
        "servers raise 'request_timeout'."
    )
    not_api_hint: ClassVar[str] = (
        "Check the address in the settings, and what stands in front of the server."
    )

    waits_for_limits: ClassVar[bool] = False

    def __init__(
        self,
        urls: Sequence[str],
        *,
        logger: logging.Logger,
        auth: AuthBase | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60.0,
        max_retries: int = 6,
        max_concurrency: int = 1,
        rate_limiter: RateLimiter | None = None,
    ) -> None:
        """Open a session.

        Args:
            urls: The base URLs that requests go to; the first one is for paths without an own.
            logger: Where retries are logged.
            auth: Sets the credentials on each request, unless a request has its own.
            headers: Headers of all requests.
            timeout: Seconds that the server may stay silent.
            max_retries: How often a request is sent again after a passing failure.
            max_concurrency: How many threads use the client at once.
            rate_limiter: Holds requests back that exceed a limit.

        Raises:
            ConfigValidationError: The environment names certificates that are not there.
        """
        self.base_url = urls[0] if urls else ""
        self.auth = auth
        self.timeout = timeout
        self.max_retries = max_retries
        self.rate_limiter = rate_limiter
        self.retried = 0
        self._logger = logger
        self._lock = Lock()
        self._answered_hosts: set[str] = set()
        self._silent_hosts: set[str] = set()
        self._known_urls = set(urls)
        self._session = open_session(urls, max_concurrency + 1)
        self._session.headers.update({"Accept": "application/json", **(headers or {})})

    def get_json(
        self,
        path: str,
        kind: type[T],
        *,
        params: Any = None,
        auth: AuthBase | None = None,
        base_url: str | None = None,
    ) -> T:
        """Return the answer to a GET request, decoded into a type.

        Args:
            path: Below the base URL, percent-encoded.
            kind: What the answer is to be, such as a msgspec struct.
            params: The query, as requests takes it.
            auth: Other credentials than the client's.
            base_url: Another base URL than the client's.

        Raises:
            RequestError: There is no answer, or a refusal.
            InvalidResponseError: The answer is something else.
        """

        def attempt() -> T:
            response = self.send("GET", path, params=params, auth=auth, base_url=base_url)
            return self.decode(response, kind)

        return self.with_retries(attempt)()

    def decode(self, response: Response, kind: type[T]) -> T:
        """Return the body of a response, decoded into a type.

        Raises:
            InvalidResponseError: It is something else.
        """
        return decode_json(response, kind, self.not_api_hint)

    def request(self, method: str, path: str, **options: Any) -> Response:
        """Send a request, again if need be, and return the response.

        Only for requests that have no effect on the server; others go through `send`.

        Args:
            method: The HTTP method.
            path: Below the base URL, percent-encoded.
            options: As those of `send`.

        Raises:
            RequestError: There is no response, or a refusal.
        """
        return self.with_retries(self.send)(method, path, **options)

    def with_retries(self, function: Callable[P, T]) -> Callable[P, T]:
        """Return a function that is called again when it raises a passing `RequestError`."""
        repeated = backoff.on_exception(
            self._backoff_seconds,
            RequestError,
            max_tries=self.max_retries + 1,
            giveup=lambda error: not self._is_worth_a_retry(error),
            jitter=None,
            on_backoff=self._log_retry,
            logger=None,
        )(function)

        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return repeated(*args, **kwargs)
            except NoResponseError as error:
                if error.host not in self._answered_hosts:
                    self._silent_hosts.add(error.host)
                raise

        return call

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Any = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        auth: AuthBase | None = None,
        base_url: str | None = None,
        stream: bool = False,
    ) -> Response:
        """Send a request a single time, and return the response.

        Args:
            method: The HTTP method.
            path: Below the base URL, percent-encoded.
            params: The query, as requests takes it.
            json: The body.
            headers: Headers beside the client's.
            auth: Other credentials than the client's.
            base_url: Another base URL than the client's.
            stream: Leave the body to be read by `read_chunks`; it must be closed then.

        Raises:
            RequestError: There is no response, or a refusal.
        """
        base = self.base_url if base_url is None else base_url
        if base not in self._known_urls:
            add_proxy(self._session, base)
            self._known_urls.add(base)
        request = requests.Request(
            method,
            base + path,
            params=params,
            json=json,
            headers=dict(headers or {}),
            auth=auth or self.auth,
        )
        response = self._exchange(request, stream=stream)
        self.validate_response(response)
        return response

    def read_chunks(self, response: Response, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield the body of a response that was sent with `stream`, and close it.

        Args:
            response: The response.
            size: The most bytes at once.

        Raises:
            NoResponseError: It breaks off, is damaged, or comes too slowly.
        """
        with response:
            try:
                yield from response.iter_content(size)
            except requests.RequestException as error:
                raise self._no_response(error, response.request, "complete ") from error

    def validate_response(self, response: Response) -> None:
        """Raise the error that a response stands for.

        Raises:
            ApiError: The API refused.
            GatewayError: Something in between did.
        """
        if response.status_code not in range(200, 300):
            raise self.error_of(response)

    def error_of(self, response: Response, status: int | None = None) -> RequestError:
        """Return the error that a response stands for.

        Args:
            response: A response other than a success.
            status: The status, if it is not that of HTTP.
        """
        status = response.status_code if status is None else status
        body = self._error_body(response)
        error: RequestError
        if response.is_redirect or body is None:
            error = GatewayError(self._gateway_message(response, status), status=status)
            error.max_retries = None if _is_passing(status) else MAX_GATEWAY_RETRIES
            error.is_retriable = not response.is_redirect
        else:
            detail = truncate(redact(body.detail, response.request)) or response.reason or "nothing"
            message = response_error_message(
                response, status, detail, self.hint(response, status, body)
            )
            error = ApiError(message, status=status, detail=detail, code=body.code)
            error.is_retriable = _is_passing(status)
        error.retry_after = read_retry_after(response)
        return error

    def read_error_body(self, body: Any) -> ErrorBody | None:
        """Return what the API says in the decoded body of an error.

        Args:
            body: The decoded JSON.

        Returns:
            Its words and its code. None if that is no error as this API documents it: then it
            comes from something else.
        """
        detail = body.get("message") if isinstance(body, dict) else None
        return ErrorBody(detail) if isinstance(detail, str) else None

    def read_plain_error(self, response: Response) -> ErrorBody | None:
        """Return what the API says in the body of an error that is no JSON.

        Returns:
            None, as it mostly comes from something else; for APIs that answer errors as text or
            without a body.
        """
        del response
        return None

    def hint(self, response: Response, status: int, body: ErrorBody) -> str:
        """Return what the user can do about an error of the API.

        Args:
            response: The response.
            status: The status that counts.
            body: What the API says.
        """
        del response, body
        return self.hints.get(status, "")

    def rate_limit_key(self, request: PreparedRequest) -> RateLimitKey:
        """Return what counts a request; by default the server has one counter for all."""
        return RateLimitKey(urlsplit(request.url or "").netloc)

    def _exchange(self, request: requests.Request, *, stream: bool) -> Response:
        """Send a request within the rate limits; what exceeds one all the same goes out again."""
        if self.rate_limiter is None:
            return self._transfer(self._prepare(request), stream=stream)
        key = self.rate_limit_key(self._prepare(request))
        deadline = time.monotonic() + MAX_RATE_LIMITED
        while True:
            with self.rate_limiter.slot(key):
                response = self._transfer(self._prepare(request), stream=stream)
            if response.status_code != HTTPStatus.TOO_MANY_REQUESTS or not self.waits_for_limits:
                return response
            asked = read_retry_after(response)
            seconds = (DEFAULT_RETRY_AFTER if asked is None else max(asked, 0.0)) + 1
            if time.monotonic() + seconds > deadline:
                return response
            self.rate_limiter.pause(key, seconds)

    def _prepare(self, request: requests.Request) -> PreparedRequest:
        """Return a request with credentials as of now, as signatures have a date.

        Raises:
            RequestError: Its URL or a header cannot be sent; the message quotes neither.
        """
        try:
            prepared = self._session.prepare_request(request)
        except (InvalidHeader, InvalidURL, MissingSchema) as error:
            raise _unsendable(request, type(error).__name__) from None
        for name, value in prepared.headers.items():
            if not _is_header_value(value):
                raise _unsendable(request, f"the header {name} has characters that none may have")
        return prepared

    def _transfer(self, request: PreparedRequest, *, stream: bool) -> Response:
        try:
            response = self._session.send(
                request, stream=True, timeout=self.timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            raise self._no_response(error, request) from error
        self._answered_hosts.add(_host_of(request))
        response.raw = CheckedBody(response.raw, self.timeout)
        if not stream or not response.ok:
            self._read_content(response)
        return response

    def _read_content(self, response: Response) -> None:
        try:
            _ = response.content
        except requests.RequestException as error:
            response.close()
            raise self._no_response(error, response.request, "complete ") from error

    def _no_response(
        self, error: requests.RequestException, request: PreparedRequest, kind: str = ""
    ) -> NoResponseError:
        return NoResponseError(
            connection_error_message(error, self.connection_hint, request, kind),
            host=_host_of(request),
            is_retriable=not (is_certificate_error(error) or isinstance(error, ValueError)),
        )

    def _error_body(self, response: Response) -> ErrorBody | None:
        try:
            body = decode_json(response, object)
        except ExtractionError:
            return self.read_plain_error(response)
        return self.read_error_body(body)

    def _gateway_message(self, response: Response, status: int) -> str:
        if response.is_redirect:
            location = re.split("[?#]", response.headers["Location"])[0]
            target = redact(USER_IN_URL.sub("//", location), response.request)
            detail = f"a redirect to {truncate(target)}"
            return response_error_message(response, status, detail, self.redirect_hint)
        detail = f"{describe_content(response)}, and not an error of the API"
        return response_error_message(response, status, detail, self.not_api_hint)

    def _is_worth_a_retry(self, error: RequestError) -> bool:
        """Return whether to try again; not where a host has kept silent through all retries."""
        if isinstance(error, NoResponseError) and error.host in self._silent_hosts:
            return error.is_retriable and error.host in self._answered_hosts
        return error.is_retriable

    def _backoff_seconds(self) -> Generator[float, RequestError, None]:
        """Yield the seconds to wait before each retry, given the error of the last try.

        Raises:
            RequestError: There were retries enough.
        """
        error = yield 0.0
        for attempt in count():
            if error.max_retries is not None and attempt >= error.max_retries:
                raise error
            error = yield self._seconds_before_retry(error, attempt)

    def _seconds_before_retry(self, error: RequestError, attempt: int) -> float:
        if error.retry_after is None:
            spread = random.uniform(1, MAX_JITTER)  # noqa: S311 - keeps threads apart, no more
            return spread * min(2.0 ** (attempt + 1), MAX_BACKOFF)
        if error.retry_after > MAX_RETRY_AFTER:
            raise RetryAfterTooLongError(
                f"{error} The server wants a wait of {error.retry_after:.0f} seconds."
            ) from error
        return max(error.retry_after, 0.0) + 1

    def _log_retry(self, details: Details) -> None:
        """Log the first retries, and count all: in a storm each request has several."""
        with self._lock:
            self.retried += 1
            is_logged = self.retried <= MAX_LOGGED_RETRIES
        self._logger.log(
            logging.WARNING if is_logged else logging.DEBUG,
            "Trying again in %.0f seconds: %s",
            details.get("wait"),
            details.get("exception"),
        )


def read_retry_after(response: Response) -> float | None:
    """Return the seconds in ``Retry-After``, from either of its two forms; they may be negative.

    Source: RFC 9110, section 10.2.3.
    """
    value = response.headers.get("Retry-After", "").strip()
    if SECONDS.fullmatch(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _host_of(request: PreparedRequest) -> str:
    return urlsplit(request.url or "").netloc


def _is_header_value(value: str | bytes) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return HEADER_VALUE.fullmatch(text) is not None


def _unsendable(request: requests.Request, reason: str) -> RequestError:
    return RequestError(
        f"A {request.method} request cannot be sent: {reason}. "
        "Check the settings that it is made of."
    )


def _is_passing(status: int) -> bool:
    """Return whether an error with this status may pass by itself."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
