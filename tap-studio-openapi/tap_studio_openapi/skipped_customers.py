"""The customers of a studio whose data may not be read now, and from which day on they are missing.

A bookmark stands for all customers of a studio, and some of them may never be read. So it moves
without them, and the state names them until they can be read, or are customers no more.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import MutableMapping

UNREAD_SINCE: Final = "unread_since"
"""The key in the state of a studio."""


class SkippedCustomers:
    """The skipped customers of one studio, kept in its state. Threads may look them up."""

    def __init__(self, state: MutableMapping[str, Any], usual_day: date) -> None:
        """Take up what earlier runs have skipped.

        Args:
            state: The state of the studio.
            usual_day: The day from which on the other customers are read.
        """
        self._state = state
        self._usual_day = usual_day
        self._skipped_now: set[str] = set()
        self._days: dict[str, str] = state.get(UNREAD_SINCE, {})

    def first_day(self, customer_id: int) -> date:
        """Return the day from which on a customer must be read."""
        day = self._days.get(str(customer_id))
        return min(self._usual_day, date.fromisoformat(day)) if day else self._usual_day

    def add(self, customer_id: int) -> None:
        """Note that a customer was skipped."""
        self._skipped_now.add(str(customer_id))
        self._days[str(customer_id)] = self.first_day(customer_id).isoformat()
        self._state[UNREAD_SINCE] = self._days

    def remove(self, customer_id: int) -> None:
        """Note that all records of a customer have been written."""
        self._days.pop(str(customer_id), None)
        self._drop_if_empty()

    def forget_others(self) -> None:
        """Drop those whom this run, which has asked for all customers, has not skipped."""
        for customer in self._days.keys() - self._skipped_now:
            del self._days[customer]
        self._drop_if_empty()

    def _drop_if_empty(self) -> None:
        if not self._days:
            self._state.pop(UNREAD_SINCE, None)


def drop_if_damaged(state: MutableMapping[str, Any], oldest: date) -> bool:
    """Remove skipped customers that cannot be from a state, and return whether there were any.

    Args:
        state: The state of a studio.
        oldest: The earliest day that may be asked for.
    """
    try:
        days = msgspec.convert(state.get(UNREAD_SINCE, {}), dict[str, date])
    except msgspec.ValidationError:
        is_damaged = True
    else:
        is_damaged = any(day < oldest for day in days.values())
    if is_damaged:
        del state[UNREAD_SINCE]
    return is_damaged
