"""Lists that are read at the same time, and items that are asked for one ahead."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tap_studio_openapi.look_ahead import LookAhead
from tap_studio_openapi.turns import in_turns

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_lists_take_turns_and_later_ones_take_the_place_of_those_that_end() -> None:
    lists = (iter(items) for items in ("ab", "c", "", "de", "f"))

    assert "".join(in_turns(lists, 2)) == "acbdfe"


def test_no_more_lists_are_opened_than_may_be_at_once() -> None:
    opened = []

    def items(name: str) -> Iterator[str]:
        yield name

    def lists() -> Iterator[Iterator[str]]:
        for name in "abc":
            opened.append(name)
            yield items(name)

    assert next(in_turns(lists(), 2)) == "a"
    assert opened == ["a", "b"]


@pytest.mark.parametrize("threads", [1, 4])
def test_items_come_in_their_order(threads: int) -> None:
    assert list(LookAhead(threads).one_ahead(iter(range(5)))) == [0, 1, 2, 3, 4]


def test_the_first_item_is_asked_for_at_once_and_each_next_one_meanwhile() -> None:
    asked = threading.Semaphore(0)

    def items() -> Iterator[int]:
        for number in range(3):
            asked.release()
            yield number

    ahead = LookAhead(2).one_ahead(items())
    assert asked.acquire(timeout=5)
    assert next(ahead) == 0
    assert asked.acquire(timeout=5)


def test_an_error_comes_in_its_turn() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    ahead = LookAhead(2).one_ahead(items())

    assert next(ahead) == 1
    with pytest.raises(ValueError, match="broken"):
        next(ahead)
