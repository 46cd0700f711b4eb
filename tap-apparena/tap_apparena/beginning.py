"""What a list was like before it was read, so that its end can be held against that.

New rows have higher ids than all others. Whatever is there at the end beyond those above the
highest id of the beginning has been there from the beginning, so that it shows how many rows were
deleted meanwhile, even if as many were added.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import gt
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_apparena.bodies import Page


@dataclass(frozen=True)
class Beginning:
    """The size of a list, and its highest id, at one moment.

    Attributes:
        total: How many rows there were.
        highest: The highest id.
    """

    total: int
    highest: int

    @classmethod
    def of(cls, newest: Page, ids: Sequence[Any]) -> Beginning | None:
        """Read it off the first page in descending order.

        Args:
            newest: The page.
            ids: The ids on it.

        Returns:
            It; None if the server does not count, or does not obey the order.
        """
        if newest.total_items is None or not ids or not are_whole(ids):
            return None
        return cls(newest.total_items, ids[0]) if all(map(gt, ids, ids[1:])) else None

    def newer(self, ids: Sequence[Any] | set[Any]) -> int:
        """Count the ids of rows that were added since."""
        return sum(map(self.highest.__lt__, ids))

    def deleted(self, total: int, newer: int) -> int:
        """Tell how many of its rows are not there any more.

        Args:
            total: How many rows there are now.
            newer: How many of them were added since.
        """
        return self.total - (total - newer)


def are_whole(ids: Sequence[Any]) -> TypeGuard[Sequence[int]]:
    """Tell whether all ids are whole numbers, which alone rise with each new row."""
    return set(map(type, ids)) <= {int}
