"""Answers asked for ahead come in the order of their parents, and never many at once."""

from __future__ import annotations

import subprocess
import sys
import time
from threading import Barrier, Event, Lock
from typing import TYPE_CHECKING

import pytest

from tap_studio_openapi.look_ahead import LookAhead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_studio_openapi.look_ahead import Family

LONG_ENOUGH = 10.0


def taken(
    look_ahead: LookAhead, parents: Iterator[int] | list[int], read: Callable[[int], object]
) -> list[object]:
    """Take the answer for each parent in its turn."""

    def start(parent: int, family: Family) -> None:
        family.start("child", lambda: read(parent))

    return [
        look_ahead.take("child", lambda parent=parent: read(parent))  # type: ignore[misc]
        for parent in look_ahead.ahead(parents, start)
    ]


@pytest.mark.parametrize("max_concurrency", [1, 2, 7])
def test_answers_come_in_the_order_of_the_parents(max_concurrency: int) -> None:
    def read(parent: int) -> str:
        time.sleep(0.01 if parent % 2 else 0)
        return f"answer {parent}"

    answers = taken(LookAhead(max_concurrency), list(range(30)), read)

    assert answers == [f"answer {parent}" for parent in range(30)]


def test_as_many_requests_run_at_once_as_are_allowed() -> None:
    all_are_under_way = Barrier(4, timeout=LONG_ENOUGH)

    def read(_: int) -> int:
        return all_are_under_way.wait()

    assert len(taken(LookAhead(4), list(range(8)), read)) == 8


def test_never_more_requests_run_at_once_than_are_allowed() -> None:
    lock, running, most = Lock(), 0, 0

    def read(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1

    taken(LookAhead(3), list(range(40)), read)

    assert most == 3


def test_parents_are_drawn_only_so_far_ahead() -> None:
    drawn = 0

    def parents() -> Iterator[int]:
        nonlocal drawn
        for parent in range(1000):
            drawn = parent + 1
            yield parent

    turns = LookAhead(4).ahead(parents(), lambda _parent, _family: None)
    next(turns)

    assert drawn == 9


def test_one_at_a_time_asks_nothing_ahead() -> None:
    started: list[int] = []
    turns = LookAhead(1).ahead([1, 2, 3], lambda parent, _family: started.append(parent))

    assert list(turns) == [1, 2, 3]
    assert started == []


def test_a_failure_is_raised_where_its_answer_is_taken() -> None:
    def read(parent: int) -> int:
        if parent == 2:
            raise ValueError("this one is not there")
        return parent

    look_ahead = LookAhead(4)
    results: list[object] = []
    for parent in look_ahead.ahead(
        [1, 2, 3], lambda parent, family: family.start("child", lambda: read(parent))
    ):
        try:
            results.append(look_ahead.take("child", lambda: None))
        except ValueError as error:
            results.append(f"{parent}: {error}")

    assert results == [1, "2: this one is not there", 3]


def test_a_thread_may_start_what_follows_from_its_answer() -> None:
    look_ahead = LookAhead(2)

    def start(parent: str, family: Family) -> None:
        def read() -> list[str]:
            children = [f"{parent}{number}" for number in (1, 2)]
            for child in children:
                family.start(child, lambda child=child: f"answer for {child}")  # type: ignore[misc]
            return children

        family.start("children", read)

    answers = [
        look_ahead.take(child, lambda: "asked late")
        for _ in look_ahead.ahead(["a", "b"], start)
        for child in look_ahead.take("children", list[str])
    ]

    assert answers == [f"answer for {child}" for child in ("a1", "a2", "b1", "b2")]


def test_an_answer_that_nobody_takes_is_forgotten_with_its_parent() -> None:
    look_ahead = LookAhead(2)
    turns = look_ahead.ahead(
        ["a", "b"], lambda parent, family: family.start("child", lambda: f"answer for {parent}")
    )

    next(turns)
    next(turns)

    assert look_ahead.take("child", lambda: "asked late") == "answer for b"


def test_what_was_started_for_a_parent_that_is_over_is_not_asked_for_any_more() -> None:
    look_ahead, busy, asked = LookAhead(2), Event(), Event()

    def start(parent: str, family: Family) -> None:
        if parent == "a":
            for number in range(2):
                family.start(number, lambda: busy.wait(LONG_ENOUGH))
            family.start("late", asked.set)

    assert list(look_ahead.ahead(["a", "b"], start)) == ["a", "b"]
    busy.set()
    time.sleep(0.05)

    assert not asked.is_set()


def test_the_process_ends_at_once_while_requests_are_under_way() -> None:
    program = (
        "import time; from tap_studio_openapi.look_ahead import LookAhead\n"
        "look_ahead = LookAhead(3)\n"
        "look_ahead.submit(lambda: time.sleep(60))\n"
        "raise KeyboardInterrupt"
    )
    started = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=30, check=False
    )

    assert process.returncode != 0
    assert time.monotonic() - started < 20
