"""Records that exist only once somebody changes them; until then they are invented anew each time.

That keeps a studio of twenty thousand customers as cheap as a studio of ten.
"""

from __future__ import annotations

import bisect
import copy
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Record = dict[str, Any]
Value = TypeVar("Value")


def duplicate(record: Record) -> Record:
    """Return a copy that shares nothing, ten times as fast as a deep copy of Python's."""
    copied: Record = msgspec.msgpack.decode(msgspec.msgpack.encode(record))
    return copied


class Invented(Generic[Value]):
    """What belongs to each id: taken by index it may be changed, and stays changed."""

    def __init__(self, invent: Callable[[int], Value]) -> None:
        """Invent values by id; the same id gives the same value."""
        self._invent = invent
        self._kept: dict[int, Value] = {}

    def __getitem__(self, number: int) -> Value:
        """Return the value to change."""
        if number not in self._kept:
            self._kept[number] = copy.deepcopy(self._invent(number))
        return self._kept[number]

    def __setitem__(self, number: int, value: Value) -> None:
        """Replace the value."""
        self._kept[number] = value

    def peek(self, number: int) -> Value:
        """Return the value to look at, parts of which others share."""
        kept = self._kept.get(number)
        return self._invent(number) if kept is None else kept

    def kept(self) -> dict[int, Value]:
        """Return the values that were taken or set, by id."""
        return self._kept


class Registry(Invented[Record]):
    """Records that can be enumerated, in the order of their ids."""

    def __init__(self, invent: Callable[[int], Record], ids: range) -> None:
        """Hold a record for each id."""
        super().__init__(invent)
        self._ids = list(ids)

    def __contains__(self, number: int) -> bool:
        """Return whether there is a record with that id."""
        place = bisect.bisect_left(self._ids, number)
        return place < len(self._ids) and self._ids[place] == number

    def __iter__(self) -> Iterator[int]:
        """Return an iterator of the ids."""
        return iter(list(self._ids))

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self._ids)

    @override
    def __setitem__(self, number: int, value: Record) -> None:
        """Add or replaces a record."""
        super().__setitem__(number, value)
        if number not in self:
            bisect.insort(self._ids, number)

    def __delitem__(self, number: int) -> None:
        """Remove a record.

        Raises:
            KeyError: There is none.
        """
        if number not in self:
            raise KeyError(number)
        del self._ids[bisect.bisect_left(self._ids, number)]
        self._kept.pop(number, None)

    def after(self, number: int) -> Iterator[int]:
        """Return the ids above one, whether or not there is a record with it."""
        return iter(self._ids[bisect.bisect_right(self._ids, number) :])
