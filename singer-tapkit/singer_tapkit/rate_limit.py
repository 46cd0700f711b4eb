"""Use the rate limits of a server fully, without exceeding them.

A server counts a request at some moment between its sending and its response, in windows whose
start is unknown. A request therefore counts here from its sending until the length of a window
after its response. Then no window, wherever it starts, holds one request too many.

pyrate-limiter 4.5 and requests-ratelimiter 0.10, which builds on it, are not used. They count a
request at one moment before it is sent, so a slow request can fall into a later window of the
server. Waiting threads sleep and try again in no particular order, a 429 fills the shortest window
without a look at ``Retry-After``, and nothing detects keys that share one limit.
"""

from __future__ import annotations

import time
from array import array
from collections import defaultdict, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator, Mapping, Sequence

MIN_SLEEP = 0.001
"""Seconds; shorter sleeps may not move the clock."""

IN_FLIGHT_SLEEP = 0.02
"""Seconds between two looks while requests in flight fill a window."""

MIN_REMEMBERED = 1000
"""Responses to remember at least, for windows that become known later."""

LONG_WAIT = 5.0
"""Seconds; longer waits are logged."""


@dataclass(frozen=True)
class Window:
    """A rate limit: how many requests the server allows in any such window of seconds."""

    limit: int
    seconds: float

    def share(self, count: int) -> Window:
        """Return what each of so many may send, so that together they keep the limit."""
        if count <= self.limit:
            return Window(self.limit // count, self.seconds)
        return Window(1, self.seconds * count / self.limit)


@dataclass(frozen=True)
class RateLimitKey:
    """What a server has a counter for.

    Attributes:
        server: The server; stands in logs.
        endpoint: The endpoint, if each one has a counter; stands in logs.
        credentials: Identifies the account or API key, if each has a counter; in no log.
    """

    server: str
    endpoint: str = ""
    credentials: str = field(default="", repr=False)

    @override
    def __str__(self) -> str:
        """Return what logs call it."""
        return self.server + self.endpoint


class RateLimiter:
    """Lets the requests of many threads through, per key in the order in which they come.

    All windows hold for each key. Whether a server counts the credentials of an endpoint apart or
    together is often unknown. The limiter begins with the former. When a server refuses a request
    although no credentials alone have reached the limit, and all together have exceeded it, the
    credentials of that server share the limit from then on.

    Other processes may read from the same server with other credentials. What they send is not
    known here, so any refusal then counts as a sign that the limit is shared, and each process
    keeps to its share.
    """

    def __init__(
        self,
        logger: logging.Logger,
        windows: Sequence[Window] = (),
        *,
        hint: str = "",
        processes: Mapping[str, int] | None = None,
        shares_credentials: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Set the limits.

        Args:
            logger: Where refusals and long waits are logged.
            windows: The limits; none lets all requests through until the server refuses one.
            hint: What a user can do about refusals, as a sentence.
            processes: How many processes read from a server, each with credentials of its own; one
                where nothing is said.
            shares_credentials: Whether servers are known to count all credentials together.
            clock: Returns seconds that never go back.
            sleep: Waits for a number of seconds.
        """
        self._logger = logger
        self._windows = tuple(windows)
        self._hint = f" {hint}" if hint else ""
        self._processes = processes or {}
        self._shares_credentials = shares_credentials
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._counters: defaultdict[RateLimitKey, _Counter] = defaultdict(_Counter)
        self._shared_servers: set[str] = set()

    def set_windows(self, windows: Sequence[Window]) -> None:
        """Replace the limits; requests that were sent before count as well."""
        with self._lock:
            self._windows = tuple(windows)

    @contextmanager
    def slot(self, key: RateLimitKey) -> Iterator[None]:
        """Wait until a request may be sent; the block sends it and receives its response."""
        self._wait(key)
        try:
            yield
        finally:
            with self._lock:
                now = self._clock()
                remembered = max([MIN_REMEMBERED, *(window.limit for window in self._windows)])
                for counter in self._find_counters(key):
                    counter.finish(now, remembered)

    def pause(self, key: RateLimitKey, seconds: float) -> None:
        """Send nothing for some seconds, because the server has refused a request."""
        with self._lock:
            now = self._clock()
            if not self._is_shared(key) and self._shows_sharing(key, now):
                self._shared_servers.add(key.server)
                self._log_sharing(key)
            is_news = self._find_limiting(key).pause(now, seconds)
        if is_news:
            self._logger.warning("Rate limited by %s; waiting %.0f s.%s", key, seconds, self._hint)

    def _log_sharing(self, key: RateLimitKey) -> None:
        processes = self._count_processes(key)
        self._logger.warning(
            "%s counts the requests of all credentials together%s: they share its rate limit from "
            "now on%s.",
            key.server,
            "" if processes == 1 else ", as it seems",
            "" if processes == 1 else f", with a share of 1/{processes:,} for this process",
        )

    def _wait(self, key: RateLimitKey) -> None:
        with self._lock:
            queue = self._find_limiting(key).queue
        with queue.wait_turn():
            is_logged = False
            while seconds := self._try_start(key):
                if seconds > LONG_WAIT and not is_logged:
                    self._log_wait(key, seconds)
                    is_logged = True
                self._sleep(seconds)

    def _log_wait(self, key: RateLimitKey, seconds: float) -> None:
        with self._lock:
            is_paused = self._find_limiting(key).is_paused(self._clock())
        if not is_paused:  # a pause has been logged when it began
            self._logger.info("Waiting %.0f s: the rate limit of %s is used up.", seconds, key)

    def _try_start(self, key: RateLimitKey) -> float:
        """Count a request if it may be sent now, and return 0; else return how long to wait."""
        with self._lock:
            count = self._count_processes(key) if self._is_shared(key) else 1
            windows = [window.share(count) for window in self._windows]
            now = self._clock()
            own_pause = self._counters[key].seconds_to_wait(now, ())
            seconds = max(own_pause, self._find_limiting(key).seconds_to_wait(now, windows))
            if seconds > 0:
                return max(seconds, MIN_SLEEP)
            for counter in self._find_counters(key):
                counter.start()
            return 0.0

    def _shows_sharing(self, key: RateLimitKey, now: float) -> bool:
        """Return whether all credentials together have exceeded a limit; one alone never does."""
        if self._count_processes(key) > 1:
            return True
        shared = self._counters[_drop_credentials(key)]
        return any(shared.has_exceeded(now, window) for window in self._windows)

    def _is_shared(self, key: RateLimitKey) -> bool:
        return self._shares_credentials or key.server in self._shared_servers

    def _count_processes(self, key: RateLimitKey) -> int:
        return self._processes.get(key.server, 1)

    def _find_limiting(self, key: RateLimitKey) -> _Counter:
        if self._is_shared(key):
            key = _drop_credentials(key)
        return self._counters[key]

    def _find_counters(self, key: RateLimitKey) -> list[_Counter]:
        """Return all counters that a request stands in."""
        return [self._counters[name] for name in {key, _drop_credentials(key)}]


class _Counter:
    """The requests of one key that a server may still count; the caller holds a lock."""

    def __init__(self) -> None:
        self.queue = _Queue()
        self._in_flight = 0
        self._finished = array("d")
        self._paused_until = float("-inf")

    def start(self) -> None:
        """Count a request that is being sent."""
        self._in_flight += 1

    def finish(self, now: float, remembered: int) -> None:
        """Note that a request got its response, or failed; remember at least so many of them."""
        self._in_flight -= 1
        self._finished.append(now)
        del self._finished[: -remembered - 1]

    def pause(self, now: float, seconds: float) -> bool:
        """Let nobody send for some seconds, and return whether somebody could until now."""
        is_news = not self.is_paused(now)
        self._paused_until = max(self._paused_until, now + seconds)
        return is_news

    def is_paused(self, now: float) -> bool:
        """Return whether nobody may send because the server refused a request."""
        return now < self._paused_until

    def seconds_to_wait(self, now: float, windows: Sequence[Window]) -> float:
        """Return how long to wait, at least, until one more request keeps all limits."""
        waits = [self._seconds_until_below(now, window.limit, window.seconds) for window in windows]
        return max([self._paused_until - now, 0.0, *waits])

    def has_exceeded(self, now: float, window: Window) -> bool:
        """Return whether a window holds more requests than its limit."""
        return self._seconds_until_below(now, window.limit + 1, window.seconds) > 0

    def _seconds_until_below(self, now: float, limit: int, seconds: float) -> float:
        """Return the time until fewer than `limit` requests count; a guess for those in flight."""
        needed = limit - self._in_flight
        if needed <= 0:
            return IN_FLIGHT_SLEEP
        if len(self._finished) < needed:
            return 0.0
        return self._finished[-needed] + seconds - now


class _Queue:
    """Lets one thread after the other through, in the order in which they come."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: deque[Event] = deque()

    @contextmanager
    def wait_turn(self) -> Iterator[None]:
        """Wait for a turn, which lasts until the block is left."""
        turn = Event()
        with self._lock:
            self._turns.append(turn)
            self._turns[0].set()
        try:
            turn.wait()
            yield
        finally:
            with self._lock:
                self._turns.remove(turn)
                if self._turns:
                    self._turns[0].set()


def _drop_credentials(key: RateLimitKey) -> RateLimitKey:
    return RateLimitKey(key.server, key.endpoint)
