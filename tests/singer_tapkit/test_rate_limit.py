"""Rate limits are used fully and not exceeded, wherever the windows of the server begin."""

from __future__ import annotations

import logging
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singer_tapkit.rate_limit import RateLimiter, RateLimitKey, Window

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

LOGGER = logging.getLogger("tap-test")
KEY = RateLimitKey("api.example", "/items", "secret-key")
OTHER = RateLimitKey("api.example", "/items", "other-key")
NOTHING = RateLimitKey("other.example")


class World:
    """A clock that moves only when somebody sleeps, and the requests in flight meanwhile."""

    def __init__(self) -> None:
        """Begin."""
        self.now = 1000.0
        self._in_flight: list[tuple[float, AbstractContextManager[None]]] = []

    def clock(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass, and responses arrive."""
        until = self.now + seconds
        for finish, slot in sorted(self._in_flight, key=lambda entry: entry[0]):
            if finish <= until:
                self._in_flight.remove((finish, slot))
                self.now = max(self.now, finish)
                slot.__exit__(None, None, None)
        self.now = until

    def send(self, limiter: RateLimiter, key: RateLimitKey, latency: float = 0.0) -> float:
        """Send a request without waiting for its response; return when it was sent."""
        slot = limiter.slot(key)
        slot.__enter__()
        self._in_flight.append((self.now + latency, slot))
        return self.now

    def pass_through(self, limiter: RateLimiter, *keys: RateLimitKey) -> list[float]:
        """Send one request after the other, and return when each was sent."""
        sent = []
        for key in keys:
            with limiter.slot(key):
                sent.append(self.now)
        return sent

    def limiter(self, *windows: Window, **options: Any) -> RateLimiter:
        """Return a limiter that lives by this clock."""
        return RateLimiter(LOGGER, windows, clock=self.clock, sleep=self.sleep, **options)


def count_most(moments: Sequence[float], seconds: float) -> int:
    """Return the highest number of moments in any half-open window of this length."""
    ordered = sorted(moments)
    return max(
        sum(start <= moment < start + seconds - 1e-6 for moment in ordered) for start in ordered
    )


REQUESTS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.0, 0.01, 0.5, 3.0]),  # pause before it
        st.sampled_from([0.0, 0.05, 0.9, 1.0, 7.0]),  # latency
        st.floats(0, 1),  # where in the latency the server charges it
        st.sampled_from([KEY, OTHER]),
    ),
    min_size=1,
    max_size=60,
)


@settings(deadline=None)
@given(REQUESTS, st.integers(1, 5), st.integers(1, 12))
def test_no_window_holds_a_request_too_many(
    requests: list[tuple[float, float, float, RateLimitKey]], per_second: int, per_ten: int
) -> None:
    world = World()
    limiter = world.limiter(Window(per_second, 1.0), Window(per_ten, 10.0))
    charged: dict[RateLimitKey, list[float]] = {KEY: [], OTHER: []}

    for pause, latency, fraction, key in requests:
        world.sleep(pause)
        sent = world.send(limiter, key, latency)
        charged[key].append(sent + fraction * latency)

    for moments in filter(None, charged.values()):
        assert count_most(moments, 1.0) <= per_second
        assert count_most(moments, 10.0) <= per_ten


def test_a_limit_is_used_in_full() -> None:
    world = World()
    limiter = world.limiter(Window(1000, 60.0))

    sent = world.pass_through(limiter, *[KEY] * 3000)

    assert [round(moment - 1000.0, 2) for moment in sent[999::1000]] == [0.0, 60.0, 120.0]


@pytest.mark.parametrize("fails", [False, True])
def test_a_request_counts_until_a_window_after_its_response(*, fails: bool) -> None:
    world = World()
    limiter = world.limiter(Window(1, 60.0))

    with suppress(ConnectionError), limiter.slot(KEY):
        world.sleep(100.0)
        if fails:
            raise ConnectionError
    with limiter.slot(KEY):
        assert world.now == pytest.approx(1160.0, abs=0.01)


def test_each_endpoint_and_each_credentials_have_a_counter_of_their_own() -> None:
    world = World()
    limiter = world.limiter(Window(1, 60.0))

    users = RateLimitKey("api.example", "/users", "secret-key")

    assert world.pass_through(limiter, KEY, OTHER, users, NOTHING) == [1000.0] * 4


def test_a_limit_that_becomes_known_late_counts_what_came_before() -> None:
    world = World()
    limiter = world.limiter(Window(1000, 1.0))
    world.pass_through(limiter, *[KEY] * 400)

    limiter.set_windows([Window(1000, 1.0), Window(500, 3600.0)])
    sent = world.pass_through(limiter, *[KEY] * 101)

    assert sent[99] == 1000.0
    assert sent[100] == pytest.approx(4600.0, abs=0.01)


def test_a_pause_holds_back_its_key_alone(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    limiter = world.limiter(hint="Lower the limit.")

    limiter.pause(KEY, 61)
    limiter.pause(KEY, 30)
    with limiter.slot(OTHER):
        assert world.now == 1000.0
    with caplog.at_level(logging.INFO), limiter.slot(KEY):
        assert world.now == pytest.approx(1061.0)

    assert caplog.messages == [
        "Rate limited by api.example/items; waiting 61 s. Lower the limit.",
    ]
    assert "secret" not in repr(KEY)


THIRD = RateLimitKey("api.example", "/items", "third-key")
USERS = [RateLimitKey("api.example", "/users", key) for key in ("secret-key", "other-key")]
FIVE: dict[str, Any] = {"processes": {"api.example": 5}}
KNOWN: dict[str, Any] = {"shares_credentials": True}
TOGETHER = (
    "api.example counts the requests of all credentials together: they share its rate limit from "
    "now on."
)
PERHAPS_TOGETHER = (
    "api.example counts the requests of all credentials together, as it seems: they share its rate "
    "limit from now on, with a share of 1/5 for this process."
)


def refusal(seconds: int) -> str:
    """Return what is logged of a refused request."""
    return f"Rate limited by api.example/items; waiting {seconds} s."


@pytest.mark.parametrize(
    ("limit", "options", "before", "after", "sent", "messages"),
    [
        (
            10,
            {},
            [*[KEY] * 10, OTHER, (OTHER, 60)],
            [KEY, OTHER] * 5 + [KEY],
            [1060] * 10 + [1120],
            [TOGETHER, refusal(60)],
        ),
        (1, {}, [KEY, OTHER, (KEY, 1)], USERS, [1000, 1060], [TOGETHER, refusal(1)]),
        (10, {}, [*[KEY, OTHER] * 5, (KEY, 30)], [OTHER], [1000], [refusal(30)]),
        (
            10,
            {},
            [(KEY, 300), *[OTHER] * 10, THIRD, (THIRD, 1)],
            [KEY],
            [1300],
            [refusal(300), TOGETHER, refusal(1)],
        ),
        (
            10,
            FIVE,
            [KEY, (KEY, 60)],
            [KEY, OTHER] * 2,
            [1060, 1060, 1120, 1120],
            [PERHAPS_TOGETHER, refusal(60)],
        ),
        (10, {**FIVE, **KNOWN}, [], [KEY, OTHER, KEY], [1000, 1000, 1060], []),
    ],
    ids=[
        "all together exceed the limit",
        "other endpoints share as well",
        "a refusal below the limit shows nothing",
        "a pause outlasts the finding",
        "any refusal counts where there are other processes",
        "known to share",
    ],
)
def test_credentials_share_a_limit_once_the_server_shows_that_they_do(
    caplog: pytest.LogCaptureFixture,
    limit: int,
    options: dict[str, Any],
    before: list[RateLimitKey | tuple[RateLimitKey, float]],
    after: list[RateLimitKey],
    sent: list[int],
    messages: list[str],
) -> None:
    world = World()
    limiter = world.limiter(Window(limit, 60.0), **options)
    for step in before:
        if isinstance(step, tuple):
            limiter.pause(*step)
        else:
            world.pass_through(limiter, step)

    assert [round(moment) for moment in world.pass_through(limiter, *after)] == sent
    assert caplog.messages == messages


@pytest.mark.parametrize(
    ("window", "count", "share"),
    [
        (Window(900, 60.0), 8, Window(112, 60.0)),
        (Window(4, 1.0), 4, Window(1, 1.0)),
        (Window(4, 1.0), 8, Window(1, 2.0)),
        (Window(4, 1.0), 1, Window(4, 1.0)),
    ],
)
def test_the_shares_of_a_window_together_keep_its_limit(
    window: Window, count: int, share: Window
) -> None:
    assert window.share(count) == share


def test_a_long_wait_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    limiter = world.limiter(Window(2, 3600.0))

    with caplog.at_level(logging.INFO):
        for _ in range(2):
            world.send(limiter, KEY, latency=60.0)
        world.sleep(61.0)
        with limiter.slot(KEY):
            pass

    assert caplog.messages == [
        "Waiting 3599 s: the rate limit of api.example/items is used up.",
    ]


def test_threads_send_in_the_order_in_which_they_came() -> None:
    world, gate = World(), threading.Event()

    def sleep(seconds: float) -> None:
        gate.wait(10)
        world.now += seconds

    limiter = RateLimiter(LOGGER, [Window(1, 60.0)], clock=world.clock, sleep=sleep)
    limiter.pause(KEY, 60)
    waiting = limiter._counters[KEY].queue._turns  # noqa: SLF001 - nothing else shows who has come
    sent: list[int] = []

    def send(number: int) -> None:
        with limiter.slot(KEY):
            sent.append(number)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(12)]
    for number, thread in enumerate(threads):
        thread.start()
        while len(waiting) <= number:
            time.sleep(0.001)
    gate.set()
    for thread in threads:
        thread.join(10)

    assert sent == list(range(12))


def test_an_interrupted_wait_lets_the_next_one_pass() -> None:
    world = World()

    def interrupt(seconds: float) -> None:
        world.now += seconds
        raise KeyboardInterrupt

    limiter = RateLimiter(LOGGER, clock=world.clock, sleep=interrupt)
    limiter.pause(KEY, 60)

    with pytest.raises(KeyboardInterrupt), limiter.slot(KEY):
        pass
    with limiter.slot(KEY):
        assert world.now == 1060.0


def test_many_threads_keep_a_limit_on_the_real_clock() -> None:
    limiter = RateLimiter(LOGGER, [Window(10, 0.1)])
    lock, charged = threading.Lock(), []

    def send() -> None:
        with limiter.slot(KEY):
            time.sleep(0.002)
            with lock:
                charged.append(time.monotonic())

    with ThreadPoolExecutor(30) as threads:
        for _ in range(30):
            threads.submit(send)

    assert len(charged) == 30
    assert count_most(charged, 0.1) <= 10


def test_the_requests_of_the_past_take_little_memory() -> None:
    world = World()
    limiter = world.limiter(Window(1_000, 1.0))
    world.pass_through(limiter, NOTHING)

    tracemalloc.start()
    for _ in range(5_000):
        world.pass_through(limiter, NOTHING)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size < 25_000
