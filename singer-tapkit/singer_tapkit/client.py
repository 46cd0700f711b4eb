"""An HTTP client for one API: a session, credentials, retries, rate limits, decoded responses.

The tap builds it and hands it to its streams; many threads may use it at once. A tap derives its
own client, which knows the errors of its API and what the user can do about them.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

import requests

from singer_tapkit.body import CHUNK_BYTES, CheckedBody
from singer_tapkit.config import DEFAULT_RETRIES, DEFAULT_TIMEOUT
from singer_tapkit.errors import (
    NoResponseError,
    connection_error_message,
    is_certificate_error,
)
from singer_tapkit.rate_limit import RateLimitKey
from singer_tapkit.responses import ResponseReader, is_success, read_date, read_retry_after
from singer_tapkit.retry import Retries
from singer_tapkit.session import add_proxy, open_session, prepare_request

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from requests import PreparedRequest, Response
    from requests.auth import AuthBase

    from singer_tapkit.rate_limit import RateLimiter

T = TypeVar("T")
P = ParamSpec("P")

MAX_RATE_LIMITED: Final = 15 * 60.0
DEFAULT_RETRY_AFTER: Final = 60.0


class HttpClient(ResponseReader):
    """Sends requests to an API, and returns its responses.

    It follows no redirects, which would take credentials to another address, and keeps no cookies,
    as those of one key must not go out with another.

    Attributes:
        connection_hint: What the user can do about no response.
        waits_for_limits: Whether requests that the server refuses with 429 go out again by
            themselves, once the rate limiter lets them; else they raise an `ApiError` like others.
    """

    connection_hint: ClassVar[str] = (
        "Check the address in the settings, the network and the proxies in between; for slow "
        "servers raise 'request_timeout'."
    )
    waits_for_limits: ClassVar[bool] = False

    def __init__(
        self,
        urls: Sequence[str],
        *,
        logger: logging.Logger,
        auth: AuthBase | None = None,
        headers: Mapping[str, str] | None = None,
        config: Mapping[str, Any] = MappingProxyType({}),
        max_concurrency: int = 1,
        rate_limiter: RateLimiter | None = None,
    ) -> None:
        """Open a session.

        Args:
            urls: The base URLs that requests go to; the first one is for paths without an own.
            logger: Where retries are logged.
            auth: Sets the credentials on each request, unless a request has its own.
            headers: Headers of all requests.
            config: The settings, of which `request_timeout`, `max_retries` and `user_agent` count;
                one that is missing has its default of `config.common_settings`.
            max_concurrency: How many threads use the client at once.
            rate_limiter: Holds requests back that exceed a limit.

        Raises:
            ConfigValidationError: The environment names certificates that are not there.
        """
        self.base_url = urls[0] if urls else ""
        self.auth = auth
        self.timeout: float = config.get("request_timeout", DEFAULT_TIMEOUT)
        self.rate_limiter = rate_limiter
        self._retries = Retries(config.get("max_retries", DEFAULT_RETRIES), logger)
        self._clock_offsets: dict[str, timedelta] = {}
        self._known_urls = set(urls)
        self._session = open_session(urls, max_concurrency + 1)
        self._session.headers["Accept"] = "application/json"
        if "user_agent" in config:
            self._session.headers["User-Agent"] = config["user_agent"]
        self._session.headers.update(headers or {})

    @property
    def retried(self) -> int:
        """How many requests were sent again."""
        return self._retries.count

    def server_time(
        self, moment: datetime | None = None, *, base_url: str | None = None
    ) -> datetime:
        """Return a moment by the clock of the server, as its latest response has it.

        No bookmark should be later than that: what it stands for would not be read before. The
        moment by the clock of this machine has a time zone; it is now if none is given.
        """
        url = self.base_url if base_url is None else base_url
        offset = self._clock_offsets.get(urlsplit(url).netloc, timedelta())
        return (moment or datetime.now(UTC)) + offset

    def get_json(
        self,
        path: str,
        kind: type[T],
        *,
        params: Any = None,
        auth: AuthBase | None = None,
        base_url: str | None = None,
    ) -> T:
        """Return the response to a GET request, decoded into a type such as a msgspec struct.

        The other arguments are those of `send`.

        Raises:
            RequestError: There is no response, or a refusal.
            InvalidResponseError: The response is something else.
        """

        def attempt() -> T:
            response = self.send("GET", path, params=params, auth=auth, base_url=base_url)
            return self.decode(response, kind)

        return self.with_retries(attempt)()

    def request(self, method: str, path: str, **options: Any) -> Response:
        """Send a request, again if need be, and return the response.

        Only for requests that have no effect on the server; others go through `send`, which has
        the same arguments.

        Raises:
            RequestError: There is no response, or a refusal.
        """
        return self.with_retries(self.send)(method, path, **options)

    def with_retries(self, function: Callable[P, T]) -> Callable[P, T]:
        """Return a function that is called again when it raises a passing `RequestError`."""
        return self._retries.wrap(function)

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
        """Yield the body of a response that was sent with `stream`, in bytes of a size at most.

        Raises:
            NoResponseError: It breaks off, is damaged, or comes too slowly.
        """
        with response:
            try:
                yield from response.iter_content(size)
            except requests.RequestException as error:
                raise self._no_response(error, response.request, "complete ") from error

    def rate_limit_key(self, request: PreparedRequest) -> RateLimitKey:
        """Return what counts a request; by default the server has one counter for all."""
        return RateLimitKey(urlsplit(request.url or "").netloc)

    def _exchange(self, request: requests.Request, *, stream: bool) -> Response:
        """Send a request within the rate limits; what exceeds one all the same goes out again."""
        if self.rate_limiter is None:
            return self._transfer(prepare_request(self._session, request), stream=stream)
        key = self.rate_limit_key(prepare_request(self._session, request))
        deadline = time.monotonic() + MAX_RATE_LIMITED
        while True:
            with self.rate_limiter.slot(key):
                response = self._transfer(prepare_request(self._session, request), stream=stream)
            if response.status_code != HTTPStatus.TOO_MANY_REQUESTS or not self.waits_for_limits:
                return response
            asked = read_retry_after(response)
            seconds = (DEFAULT_RETRY_AFTER if asked is None else max(asked, 0.0)) + 1
            if time.monotonic() + seconds > deadline:
                return response
            self.rate_limiter.pause(key, seconds)

    def _transfer(self, request: PreparedRequest, *, stream: bool) -> Response:
        try:
            response = self._session.send(
                request, stream=True, timeout=self.timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            raise self._no_response(error, request) from error
        host = _read_host(request)
        self._retries.note_response(host)
        if (moment := read_date(response)) is not None:
            self._clock_offsets[host] = moment - datetime.now(UTC)
        response.raw = CheckedBody(response.raw, self.timeout)
        if not stream or not is_success(response):
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
            host=_read_host(request),
            is_retriable=not (is_certificate_error(error) or isinstance(error, ValueError)),
        )


def _read_host(request: PreparedRequest) -> str:
    return urlsplit(request.url or "").netloc
