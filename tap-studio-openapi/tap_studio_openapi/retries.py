"""Requests that are repeated after passing failures, with the pauses that the server asks for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar, cast

from requests import RequestException
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from singer_sdk.streams import RESTStream
from typing_extensions import override

from tap_studio_openapi.answers import brief
from tap_studio_openapi.errors import AnswerError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Generator

    from backoff.types import Details
    from requests import Response

    from tap_studio_openapi.careful_tap import CarefulTap

P = ParamSpec("P")
T = TypeVar("T")
Token = TypeVar("Token")

LONGEST_BACKOFF = 60
LONGEST_WAIT = 3700
SECONDS = re.compile(r"-?[0-9]+(?:\.[0-9]*)?")


class TooLongWaitError(FatalAPIError):
    """The server wants a longer wait than any of its limits lasts."""


class RetryingStream(RESTStream[Token]):
    """A stream that obeys the settings `request_timeout` and `max_retries`.

    It follows no redirects, which would take credentials to another address.

    Attributes:
        has_one_server: Whether all streams of the tap ask the same server.
    """

    has_one_server: ClassVar[bool] = False
    allow_redirects = False
    _LOG_REQUEST_METRICS = False
    _tap: CarefulTap

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        logger = getattr(self.logger, "logger", self.logger)  # newer SDKs have one in an adapter
        logger.addFilter(_is_ours)

    @property
    @override
    def timeout(self) -> int:
        return int(self.config["request_timeout"])

    def retrying(self, function: Callable[P, T]) -> Callable[P, T]:
        """Repeat a function on passing failures, with the pauses that the server asks for."""
        return cast("Callable[P, T]", self.request_decorator(cast("Any", function)))

    @override
    def request_decorator(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Repeat a function like the SDK, and note whether the server is there at all."""

        def attempt(*args: Any, **kwargs: Any) -> Any:
            try:
                result = func(*args, **kwargs)
            except (AnswerError, RetriableAPIError):
                self._tap.is_answered = True
                raise
            self._tap.is_answered = True
            return result

        repeated = super().request_decorator(attempt)

        def patient(*args: Any, **kwargs: Any) -> Any:
            try:
                return repeated(*args, **kwargs)
            except RequestException:
                self._tap.has_waited_in_vain = True
                raise

        return patient

    @override
    def backoff_max_tries(self) -> int:
        """Give the number of tries; one, if a stream has waited in vain for the only server."""
        if self.has_one_server and self._tap.has_waited_in_vain and not self._tap.is_answered:
            return 1
        return int(self.config["max_retries"]) + 1

    @override
    def backoff_wait_generator(self) -> Generator[float, Any, None]:
        error = yield 0.0
        for attempt in count():
            error = yield self.seconds_to_wait(error, attempt)

    def seconds_to_wait(self, error: Exception, attempt: int) -> float:
        """Give the seconds to wait before the next try.

        Args:
            error: What the last try raised.
            attempt: How many times was waited already.

        Returns:
            What ``Retry-After`` says and one second more, or ever longer without that header.

        Raises:
            TooLongWaitError: The server wants a longer wait than any of its limits lasts.
        """
        response = getattr(error, "response", None)
        asked = None if response is None else retry_after(response)
        if asked is None:
            return min(2.0 ** (attempt + 1), LONGEST_BACKOFF)
        if asked > LONGEST_WAIT:
            raise TooLongWaitError(
                f"{error} The server wants a wait of {asked:.0f} seconds."
            ) from error
        return max(asked, 0.0) + 1

    @override
    def backoff_jitter(self, value: float) -> float:
        return value

    @override
    def backoff_handler(self, details: Details) -> None:
        words = brief(details.get("exception"))
        self.logger.warning("Trying again in %.0f seconds: %s", details.get("wait"), words)


def retry_after(response: Response) -> float | None:
    """Read ``Retry-After``, in seconds, from either of its two forms; it may be negative."""
    value = response.headers.get("Retry-After", "").strip()
    if SECONDS.fullmatch(value):
        return float(value)
    try:
        return (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None


def _is_ours(entry: logging.LogRecord) -> bool:
    """Tell a line of the log from those of backoff, which tell addresses with their queries."""
    return entry.funcName not in {"_log_backoff", "_log_giveup"}
