"""Send again what has failed for a passing reason, after a while.

The waits double and are spread, so that threads do not come back all at once. What the server asks
for in ``Retry-After`` goes before. A host that was silent through all retries gets no more of them
until it answers.
"""

from __future__ import annotations

import logging
import random
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import backoff

from singer_tapkit.errors import NoResponseError, RequestError, RetryAfterTooLongError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from backoff.types import Details

T = TypeVar("T")
P = ParamSpec("P")

MAX_BACKOFF: Final = 60.0
MAX_RETRY_AFTER: Final = 3700.0
MAX_LOGGED_RETRIES: Final = 3
MAX_JITTER: Final = 1.25


class Retries:
    """The retries of one client, and how many there were. Threads may share it."""

    def __init__(self, max_retries: int, logger: logging.Logger) -> None:
        """Begin with none; one request is sent again so often at most."""
        self.count = 0
        self._max_retries = max_retries
        self._logger = logger
        self._lock = Lock()
        self._responding_hosts: set[str] = set()
        self._silent_hosts: set[str] = set()

    def note_response(self, host: str) -> None:
        """Note that a host has answered at all."""
        self._responding_hosts.add(host)

    def wrap(self, function: Callable[P, T]) -> Callable[P, T]:
        """Return a function that is called again when it raises a passing `RequestError`."""
        repeated = backoff.on_exception(
            self._backoff_seconds,
            RequestError,
            max_tries=self._max_retries + 1,
            giveup=lambda error: not self._is_worth_a_retry(error),
            jitter=None,
            on_backoff=self._log_retry,
            logger=None,
        )(function)

        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return repeated(*args, **kwargs)
            except NoResponseError as error:
                if error.host not in self._responding_hosts:
                    self._silent_hosts.add(error.host)
                raise

        return call

    def _is_worth_a_retry(self, error: RequestError) -> bool:
        """Return whether to try again; not where a host has kept silent through all retries."""
        if isinstance(error, NoResponseError) and error.host in self._silent_hosts:
            return error.is_retriable and error.host in self._responding_hosts
        return error.is_retriable

    def _backoff_seconds(self) -> Generator[float, RequestError, None]:
        """Yield the seconds to wait before each retry, given the error of the last try."""
        error = yield 0.0
        for attempt in count():
            if error.max_retries is not None and attempt >= error.max_retries:
                raise error
            error = yield _choose_wait(error, attempt)

    def _log_retry(self, details: Details) -> None:
        """Log the first retries, and count all: in a storm each request has several."""
        with self._lock:
            self.count += 1
            is_logged = self.count <= MAX_LOGGED_RETRIES
        self._logger.log(
            logging.WARNING if is_logged else logging.DEBUG,
            "Trying again in %.0f seconds: %s",
            details.get("wait"),
            details.get("exception"),
        )


def _choose_wait(error: RequestError, attempt: int) -> float:
    """Return how long to wait."""
    if error.retry_after is None:
        spread = random.uniform(1, MAX_JITTER)  # noqa: S311 - keeps threads apart, no more
        return spread * min(2.0 ** (attempt + 1), MAX_BACKOFF)
    if error.retry_after > MAX_RETRY_AFTER:
        raise RetryAfterTooLongError(
            f"{error} The server wants a wait of {error.retry_after:.0f} seconds."
        ) from error
    return max(error.retry_after, 0.0) + 1
