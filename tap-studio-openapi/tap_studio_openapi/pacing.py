"""Use the server's limits fully, and stay below them.

Each endpoint has a counter of its own; once it is exceeded, the endpoint refuses everything for
the next minute. Whether one counter serves a key or all keys of a tenant is not documented, so the
tap begins with the former and learns of the latter.
Source: the API's documentation, "Rate limiting".
"""

from __future__ import annotations

import re
import time
from collections import deque
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from typing_extensions import override

from tap_studio_openapi.auth import HEADER
from tap_studio_openapi.retries import retry_after

if TYPE_CHECKING:
    import logging
    from collections.abc import Hashable

    from requests import PreparedRequest, Response

MINUTE = 60.0
SHORTEST_PAUSE = 0.02
LONGEST_REFUSAL = 15 * MINUTE
FEWEST_CONNECTIONS = 10
ID = re.compile(r"/[0-9]+(?=/|$)")


class Endpoint(NamedTuple):
    """What has a counter: a path without the ids in it, for one key.

    Attributes:
        host: Where it is, the tenant's name included.
        path: For instance ``/v1/customers/{id}/contracts``.
        key: The key that it is asked with.
    """

    host: str
    path: str
    key: str

    @classmethod
    def of(cls, request: PreparedRequest) -> Endpoint:
        """Tell which endpoint a request is for."""
        parts = urlsplit(request.url or "")
        return cls(parts.netloc, ID.sub("/{id}", parts.path), request.headers.get(HEADER, ""))


class Counter:
    """The requests of the last minute.

    The server counts a request somewhere between its sending and its answer. A request therefore
    counts here from its sending until a minute after its answer: then no minute, wherever it
    starts, holds one request too many.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._answered: deque[float] = deque()
        self._under_way = 0
        self._refused_until = 0.0

    def __len__(self) -> int:
        """Count the requests that the server may still count."""
        before = time.monotonic() - MINUTE
        while self._answered and self._answered[0] <= before:
            self._answered.popleft()
        return self._under_way + len(self._answered)

    def pause(self, most: int) -> float:
        """Seconds to wait, at least, until one more request keeps to the limit."""
        now = time.monotonic()
        if now < self._refused_until:
            return self._refused_until - now
        if len(self) < most:
            return 0.0
        oldest = self._answered[0] + MINUTE - now if self._answered else 0.0
        return max(oldest, SHORTEST_PAUSE)

    def send(self) -> None:
        """Count a request that is being sent."""
        self._under_way += 1

    def answer(self) -> None:
        """Note that a request was answered, or failed."""
        self._under_way -= 1
        self._answered.append(time.monotonic())

    def refuse(self, seconds: float) -> bool:
        """Let nobody send for some seconds, and tell whether that is news."""
        now = time.monotonic()
        is_news = self._refused_until <= now
        self._refused_until = max(self._refused_until, now + seconds)
        return is_news


class Pacer:
    """Lets requests of many threads through, in the order in which they come, at a steady pace."""

    def __init__(self, logger: logging.Logger, per_minute: int) -> None:
        """Set the limit.

        Args:
            logger: Where pauses that the server wants are announced.
            per_minute: Requests per endpoint and minute.
        """
        self._logger = logger
        self._per_minute = per_minute
        self._lock = Lock()
        self._turnstiles: dict[Hashable, Lock] = {}
        self._counters: dict[Hashable, Counter] = {}
        self._shared_hosts: set[str] = set()

    def wait(self, endpoint: Endpoint) -> None:
        """Wait until a request may be sent, and count it."""
        with self._turnstile(endpoint):
            while True:
                with self._lock:
                    pause = self._pause(endpoint)
                    if not pause:
                        for counter in self._all(endpoint):
                            counter.send()
                        return
                time.sleep(pause)

    def answered(self, endpoint: Endpoint) -> None:
        """Note that a request was answered, or failed, just now."""
        with self._lock:
            for counter in self._all(endpoint):
                counter.answer()

    def refused(self, endpoint: Endpoint, seconds: float) -> None:
        """Note that the server takes no more requests for some seconds.

        Args:
            endpoint: Which endpoint does.
            seconds: How long.
        """
        with self._lock:
            of_key, of_host = self._all(endpoint)
            if endpoint.host not in self._shared_hosts and len(of_host) > self._per_minute:
                self._shared_hosts.add(endpoint.host)
                self._logger.warning(
                    "%s seems to count the requests of all keys together: from now on its studios "
                    "share 'requests_per_minute'.",
                    endpoint.host,
                )
            counter = of_host if endpoint.host in self._shared_hosts else of_key
            is_news = counter.refuse(seconds)
        if is_news:
            self._logger.warning(
                "%s%s has had enough requests: waiting for %.0f seconds. If that is repeated, "
                "lower 'requests_per_minute', or run other programs that use the API at other "
                "times.",
                endpoint.host,
                endpoint.path,
                seconds,
            )

    def _pause(self, endpoint: Endpoint) -> float:
        of_key, of_host = self._all(endpoint)
        pause = of_key.pause(self._per_minute)
        if endpoint.host in self._shared_hosts:
            pause = max(pause, of_host.pause(self._per_minute))
        return pause

    def _all(self, endpoint: Endpoint) -> tuple[Counter, Counter]:
        """Give the counters of the key and of the host; each request is in both."""
        of_key = self._counters.setdefault(endpoint, Counter())
        return of_key, self._counters.setdefault(endpoint[:2], Counter())

    def _turnstile(self, endpoint: Endpoint) -> Lock:
        """Give what lets one thread after the other through."""
        with self._lock:
            return self._turnstiles.setdefault(endpoint, Lock())


class PacedAdapter(HTTPAdapter):
    """Sends every request, repeated ones too, at the pace that a `Pacer` sets.

    A request that the server refuses as one too many is sent again when it takes more.
    """

    def __init__(self, pacer: Pacer, max_concurrency: int) -> None:
        """Send at the pace of `pacer`.

        Args:
            pacer: What sets the pace.
            max_concurrency: How many requests may be under way.
        """
        connections = max(max_concurrency, FEWEST_CONNECTIONS)
        super().__init__(pool_connections=connections, pool_maxsize=connections)
        self._pacer = pacer

    @override
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        endpoint = Endpoint.of(request)
        end = time.monotonic() + LONGEST_REFUSAL
        while True:
            response = self._send_once(endpoint, request, *args, **kwargs)
            if response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                return response
            asked = retry_after(response)
            seconds = (MINUTE if asked is None else max(asked, 0.0)) + 1
            if time.monotonic() + seconds > end:
                return response
            response.close()
            self._pacer.refused(endpoint, seconds)

    def _send_once(
        self, endpoint: Endpoint, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Response:
        self._pacer.wait(endpoint)
        try:
            return super().send(request, *args, **kwargs)
        finally:
            self._pacer.answered(endpoint)
