"""How to talk to GoatCounter: base address, pace, its own form of errors."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from typing_extensions import override

from singer_tapkit.client import HttpClient
from singer_tapkit.errors import ApiError, ExtractionError, GatewayError
from singer_tapkit.rate_limit import RateLimiter, RateLimitKey, Window
from singer_tapkit.responses import ErrorBody
from tap_goatcounter.auth import SiteAuthenticator
from tap_goatcounter.config import API_PATH
from tap_goatcounter.hints import CONNECTION_HINT, HINTS, NOT_API_HINT, REDIRECT_HINT

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping, Sequence

    from requests import PreparedRequest, Response

    from tap_goatcounter.config import SiteCredentials

T = TypeVar("T")

DEFAULT_HOURLY_LIMIT: Final = 500
HOUR: Final = 3600.0
TIMED_OUT: Final = "Server timed out"
TOO_LARGE: Final = frozenset(
    {
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
TOO_LARGE_FOR_PROXIES: Final = TOO_LARGE | {HTTPStatus.BAD_REQUEST}
"""HAProxy refuses an address that is too long with 400, and a page of its own."""


class QueryTooLargeError(ExtractionError):
    """The server refused a query as too much at once; a smaller one may do."""


class GoatCounterClient(HttpClient):
    """Sends requests to the sites in the settings.

    Attributes:
        credentials: The credentials of these sites.
        has_exported: Whether a server has granted an export.
    """

    hints = HINTS
    redirect_hint = REDIRECT_HINT
    connection_hint = CONNECTION_HINT
    not_api_hint = NOT_API_HINT

    def __init__(
        self,
        credentials: Sequence[SiteCredentials],
        config: Mapping[str, Any],
        logger: logging.Logger,
        *,
        slices: int = 1,
    ) -> None:
        """Open a session.

        Args:
            credentials: Which sites there are.
            config: The settings.
            logger: Where retries and long waits are logged.
            slices: How many processes share the limits of an address.
        """
        self.credentials = credentials
        self.has_exported = False
        self._slices = slices
        self._per_second = Window(config["requests_per_second"], 1.0)
        self._per_hour: int | None = config.get("requests_per_hour")
        self._limiter = RateLimiter(logger, self._build_windows(self._per_hour))
        super().__init__(
            [site.url for site in credentials],
            logger=logger,
            # without the content type, errors come as HTML
            headers={"Content-Type": "application/json"},
            config=config,
            rate_limiter=self._limiter,
        )

    def expect_hourly_limit(self) -> None:
        """Keep to the hourly limit that newer servers have, unless the settings name another."""
        if self._per_hour is None:
            self._limiter.set_windows(self._build_windows(DEFAULT_HOURLY_LIMIT))

    def read(
        self,
        site: SiteCredentials,
        path: str,
        kind: type[T],
        params: Mapping[str, Any] | None = None,
    ) -> T:
        """Return the response to a GET request, decoded into a type.

        Raises:
            RequestError: There is no response, or a refusal.
            InvalidResponseError: The response is something else.
        """
        return self.decode(self.fetch(site, path, kind, params), kind)

    def fetch(
        self,
        site: SiteCredentials,
        path: str,
        kind: type,
        params: Mapping[str, Any] | None = None,
        *,
        is_splittable: bool = False,
    ) -> Response:
        """Send a GET request, again if need be, and return a response of a given type.

        Raises:
            QueryTooLargeError: It must be asked for in smaller parts, and is splittable.
            RequestError: There is no response, or a refusal.
            InvalidResponseError: The response is something else.
        """

        def attempt() -> Response:
            try:
                response = self.send_to(site, "GET", path, params=params)
            except (ApiError, GatewayError) as error:
                statuses = TOO_LARGE if isinstance(error, ApiError) else TOO_LARGE_FOR_PROXIES
                if is_splittable and error.status in statuses:
                    raise QueryTooLargeError(str(error)) from error
                raise
            self.decode(response, kind)
            return response

        return self.with_retries(attempt)()

    def post(self, site: SiteCredentials, path: str, body: Mapping[str, Any]) -> Response:
        """Send a POST request a single time, over a new connection.

        An idle connection may turn out to be closed only when the request is on its way, and then
        nobody knows whether it arrived.

        Raises:
            RequestError: There is no response, or a refusal.
        """
        self._session.close()
        return self.send_to(site, "POST", path, json=dict(body))

    def send_to(self, site: SiteCredentials, method: str, path: str, **options: Any) -> Response:
        """Send a request to a site a single time.

        Args:
            site: The site.
            method: The HTTP method.
            path: Below the API's own path; ``/status`` lies outside of it.
            options: As those of `send`.

        Raises:
            RequestError: There is no response, or a refusal.
        """
        base = site.url if path == "/status" else site.url + API_PATH
        return self.send(method, path, base_url=base, auth=SiteAuthenticator(site), **options)

    @override
    def read_error_body(self, body: Any) -> ErrorBody | None:
        """Return the words in ``{"error": text}`` or ``{"errors": {field: [text]}}``."""
        if not isinstance(body, dict):
            return None
        if isinstance(words := body.get("error"), str):
            return ErrorBody(words)
        if isinstance(fields := body.get("errors"), dict):
            return ErrorBody(
                "; ".join(f"{name}: {_join(messages)}" for name, messages in fields.items())
            )
        return None

    @override
    def read_plain_error(self, response: Response) -> ErrorBody | None:
        return ErrorBody(TIMED_OUT) if response.text.strip() == TIMED_OUT else None

    @override
    def rate_limit_key(self, request: PreparedRequest) -> RateLimitKey:
        """Return one key for all, as a server counts all its sites together, and has many hosts."""
        return RateLimitKey("GoatCounter")

    def _build_windows(self, per_hour: int | None) -> list[Window]:
        hourly = [Window(per_hour, HOUR)] if per_hour else []
        return [window.share(self._slices) for window in (self._per_second, *hourly)]


def _join(messages: object) -> str:
    return ", ".join(map(str, messages)) if isinstance(messages, list) else str(messages)
