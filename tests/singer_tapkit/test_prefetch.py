"""Results come in the order of their parents, however the threads take turns."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singer_tapkit.prefetch import PendingRequests, Prefetcher, round_robin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

TIMEOUT = 10.0


def read_all(
    prefetcher: Prefetcher, parents: Iterable[int], read: Callable[[int], object]
) -> list[object]:
    """Read the result for each parent in its turn."""

    def submit(parent: int, pending: PendingRequests) -> None:
        pending.submit("child", lambda: read(parent))

    return [
        prefetcher.result("child", partial(read, parent))
        for parent in prefetcher.prefetch(parents, submit)
    ]


def refuse_to_start(_: threading.Thread) -> NoReturn:
    raise RuntimeError("can't start new thread")


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that has no thread left."""
    monkeypatch.setattr(threading.Thread, "start", refuse_to_start)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 6),
    st.lists(st.tuples(st.sampled_from([0.0, 0.0, 0.001, 0.003]), st.booleans()), max_size=25),
    st.integers(0, 25),
)
def test_results_and_errors_come_as_if_one_had_followed_the_other(
    max_concurrency: int, reads: list[tuple[float, bool]], drawn: int
) -> None:
    def read(parent: int) -> int:
        seconds, fails = reads[parent]
        time.sleep(seconds)
        if fails:
            raise ValueError(f"no {parent}")
        return parent

    def parents() -> Iterator[int]:
        yield from range(min(drawn, len(reads)))
        raise ConnectionError

    prefetcher = Prefetcher(max_concurrency)
    seen: list[object] = []

    def read_in_turn() -> None:
        for parent in prefetcher.prefetch(
            parents(), lambda parent, pending: pending.submit("child", lambda: read(parent))
        ):
            try:
                seen.append(prefetcher.result("child", partial(read, parent)))
            except ValueError as error:
                seen.append(str(error))

    with pytest.raises(ConnectionError):
        read_in_turn()

    expected = [f"no {n}" if fails else n for n, (_, fails) in enumerate(reads)]
    assert seen == expected[:drawn]


def test_as_many_requests_are_in_flight_as_are_allowed_and_no_more() -> None:
    lock, all_in_flight = threading.Lock(), threading.Barrier(3, timeout=TIMEOUT)
    in_flight = most = 0

    def read(_: int) -> None:
        nonlocal in_flight, most
        with lock:
            in_flight += 1
            most = max(most, in_flight)
        all_in_flight.wait()
        with lock:
            in_flight -= 1

    read_all(Prefetcher(3), range(12), read)

    assert most == 3


def test_parents_are_drawn_only_so_far_ahead() -> None:
    drawn = 0

    def parents() -> Iterator[int]:
        nonlocal drawn
        for parent in range(1000):
            drawn = parent + 1
            yield parent

    turns = Prefetcher(4).prefetch(parents(), lambda _parent, _pending: None)
    next(turns)

    assert drawn == 9


def test_one_at_a_time_submits_nothing() -> None:
    submitted: list[int] = []
    turns = Prefetcher(1).prefetch([1, 2, 3], lambda parent, _pending: submitted.append(parent))

    assert list(turns) == [1, 2, 3]
    assert submitted == []


def test_a_part_that_is_submitted_twice_is_read_once() -> None:
    read: list[str] = []

    def submit(parent: str, pending: PendingRequests) -> None:
        for _ in range(2):
            pending.submit("child", lambda: read.append(parent))

    prefetcher = Prefetcher(2)
    for _ in prefetcher.prefetch(["a", "b"], submit):
        prefetcher.result("child", lambda: read.append("late"))

    assert read == ["a", "b"]


def test_a_thread_may_submit_what_follows_from_its_result() -> None:
    prefetcher = Prefetcher(2)

    def submit(parent: str, pending: PendingRequests) -> None:
        def read() -> list[str]:
            children = [f"{parent}{number}" for number in (1, 2)]
            for child in children:
                pending.submit(child, lambda child=child: f"result for {child}")  # type: ignore[misc]
            return children

        pending.submit("children", read)

    results = [
        prefetcher.result(child, lambda: "read late")
        for _ in prefetcher.prefetch(["a", "b"], submit)
        for child in prefetcher.result("children", list[str])
    ]

    assert results == [f"result for {child}" for child in ("a1", "a2", "b1", "b2")]


def test_a_result_that_nobody_reads_is_dropped_after_the_turn() -> None:
    prefetcher = Prefetcher(2)
    turns = prefetcher.prefetch(
        ["a", "b"], lambda parent, pending: pending.submit("child", lambda: f"result for {parent}")
    )

    next(turns)
    next(turns)

    assert prefetcher.result("child", lambda: "read late") == "result for b"


def test_what_is_submitted_after_the_turn_is_not_read() -> None:
    kept: list[PendingRequests] = []
    assert list(Prefetcher(2).prefetch(["a"], lambda _, pending: kept.append(pending))) == ["a"]

    read = threading.Event()
    kept[0].submit("child", read.set)

    assert not read.wait(0.05)


def test_turns_that_are_given_up_cancel_what_waits() -> None:
    prefetcher, busy, read = Prefetcher(2), threading.Event(), threading.Event()

    def submit(parent: int, pending: PendingRequests) -> None:
        pending.submit("child", read.set if parent == 3 else lambda: busy.wait(TIMEOUT))

    turns = prefetcher.prefetch([0, 1, 2, 3, 4], submit)
    assert next(turns) == 0
    turns.close()  # type: ignore[attr-defined]
    busy.set()

    assert not read.wait(0.05)


def test_a_parents_parent_has_its_results_after_the_turns_inside() -> None:
    prefetcher = Prefetcher(2)

    def submit(parent: str, pending: PendingRequests) -> None:
        pending.submit("child", lambda: f"result for {parent}")

    results: list[str] = []
    for _ in prefetcher.prefetch(["outer"], submit):
        results.extend(
            prefetcher.result("child", lambda: "read late")
            for _ in prefetcher.prefetch(["inner"], submit)
        )
        results.append(prefetcher.result("child", lambda: "read late"))

    assert results == ["result for inner", "result for outer"]


@pytest.mark.usefixtures("no_threads")
def test_without_a_thread_all_is_read_in_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    prefetcher = Prefetcher(4)

    assert read_all(prefetcher, range(20), str) == [str(number) for number in range(20)]
    assert list(prefetcher.read_ahead(iter("abc"))) == ["a", "b", "c"]
    assert caplog.messages == ["The run goes on with fewer threads: can't start new thread."]


def test_the_threads_that_there_are_read_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    prefetcher = Prefetcher(4)
    future = prefetcher.submit(lambda: "first")
    assert future
    assert future.result(TIMEOUT) == "first"

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse_to_start)
        names = read_all(prefetcher, range(10), lambda _: threading.current_thread().name)

    assert len(set(names)) == 1
    assert names[0] != threading.current_thread().name


def test_the_process_ends_at_once_while_requests_are_in_flight() -> None:
    program = (
        "import time; from singer_tapkit.prefetch import Prefetcher\n"
        "prefetcher = Prefetcher(3)\n"
        "prefetcher.submit(lambda: time.sleep(60))\n"
        "raise KeyboardInterrupt"
    )
    started = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=50, check=False
    )

    assert process.returncode != 0
    assert time.monotonic() - started < 40


@pytest.mark.parametrize("max_concurrency", [1, 4])
def test_items_that_are_read_ahead_and_errors_come_in_their_order(max_concurrency: int) -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise ValueError("broken")

    ahead = Prefetcher(max_concurrency).read_ahead(items())

    assert [next(ahead) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="broken"):
        next(ahead)


def test_the_first_item_is_read_at_once_and_each_next_one_meanwhile() -> None:
    drawn = threading.Semaphore(0)

    def items() -> Iterator[int]:
        for number in range(3):
            drawn.release()
            yield number

    ahead = Prefetcher(2).read_ahead(items())
    assert drawn.acquire(timeout=TIMEOUT)
    assert next(ahead) == 0
    assert drawn.acquire(timeout=TIMEOUT)


def test_iterators_take_turns_and_later_ones_take_the_place_of_those_that_end() -> None:
    iterators = (iter(items) for items in ("ab", "c", "", "de", "f"))

    assert "".join(round_robin(iterators, 2)) == "acbdfe"


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(), max_size=6), max_size=8), st.integers(1, 9))
def test_a_round_robin_loses_nothing_and_keeps_each_order(
    lists: list[list[int]], at_once: int
) -> None:
    labelled = [[(number, item) for item in items] for number, items in enumerate(lists)]

    found = list(round_robin(map(iter, labelled), at_once))

    assert [[entry for entry in found if entry[0] == n] for n in range(len(lists))] == labelled


@pytest.fixture
def prefetcher(monkeypatch: pytest.MonkeyPatch) -> Prefetcher:
    """A prefetcher whose waits are short."""
    monkeypatch.setattr("singer_tapkit.prefetch.SECONDS_PER_WAIT", 0.01)
    return Prefetcher(2)


def test_whoever_waits_for_a_result_is_called_meanwhile(prefetcher: Prefetcher) -> None:
    calls = threading.Semaphore(0)
    prefetcher.on_wait = calls.release

    def read_slowly(_: int) -> str:
        for _ in range(3):
            assert calls.acquire(timeout=TIMEOUT)
        return "slow"

    assert read_all(prefetcher, [1, 2], read_slowly) == ["slow", "slow"]


def test_whoever_waits_for_what_is_read_ahead_is_called_meanwhile(prefetcher: Prefetcher) -> None:
    is_waiting = threading.Event()
    prefetcher.on_wait = is_waiting.set

    def read_slowly() -> Iterator[str]:
        assert is_waiting.wait(TIMEOUT)
        yield "slow"

    assert list(prefetcher.read_ahead(read_slowly())) == ["slow"]
