"""Read many lists at the same time, an item of each in turn."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


def in_turns(lists: Iterable[Iterator[T]], at_once: int) -> Iterator[T]:
    """Give the first item of each list, then the second of each, and so on.

    Args:
        lists: The lists.
        at_once: How many are open at the same time; where one ends, the next takes its place.

    Yields:
        All items, those of each list in their order.
    """
    waiting = iter(lists)
    is_open = deque(islice(waiting, at_once))
    while is_open:
        current = is_open.popleft()
        for item in current:
            yield item
            is_open.append(current)
            break
        else:
            is_open.extend(islice(waiting, 1))
