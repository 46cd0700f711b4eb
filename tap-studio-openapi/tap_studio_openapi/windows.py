"""Spans of days, cut into windows that the server takes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Window(NamedTuple):
    """Some days, both included."""

    first: date
    last: date

    @property
    def days_ahead(self) -> int:
        """How many days lie after the first."""
        return (self.last - self.first).days


def split_into_windows(first: date, last: date, max_ahead: int) -> Iterator[Window]:
    """Yield a span of days in windows.

    Neighbours share a day, as the API does not document whether it takes in the last one.

    Args:
        first: The first day.
        last: The last day; there are no windows if it lies before the first.
        max_ahead: How many days a window may end after it has begun, at least 1.

    Yields:
        The windows in order.
    """
    while first <= last:
        end = min(last, first + timedelta(max_ahead))
        yield Window(first, end)
        if end == last:
            return
        first = end
