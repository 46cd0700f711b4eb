"""Of a report that is always downloaded whole, only what is new since the last run.

goTom filters nothing by time, so this saves the target's work, not the server's.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tap_gotom.column_types import mask_value
from tap_gotom.reports import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SORTABLE = re.compile(
    r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}.*)?)?)?)?"
)
DAY = len("2026-01-31")
MAX_CACHED_DAYS = 10_000
EMPTY_STATE = "Run once with an empty state."

Row = tuple[Any, ...]


class IncrementalFilter:
    """A filter of rows below the bookmark less the look-back, which finds the next bookmark."""

    def __init__(self, column: str, place: int, bookmark: Any, lookback_days: int) -> None:
        """Compare the column at one place of the rows with its greatest value of the run before.

        Raises:
            ReportError: The bookmark is damaged, or lies in the future.
        """
        self._column = column
        self._place = place
        self._check_bookmark(bookmark)
        self._bookmark = bookmark
        self._since = _subtract_days(bookmark, lookback_days)
        self._greatest: Any = None

    def filter(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the new rows, in their order; those without a value in the column count as new.

        Raises:
            ReportError: Values cannot be compared.
        """
        for row in rows:
            value = row[self._place]
            if value is None or value == "":
                yield row
                continue
            self._check(value)
            if self._greatest is None or value > self._greatest:
                self._greatest = value
            if self._since is None or value >= self._since:
                yield row

    @property
    def ends_before_bookmark(self) -> bool:
        """Whether all values were below the bookmark, as when something is counted anew."""
        is_comparable = self._greatest is not None and self._bookmark is not None
        return is_comparable and self._greatest < self._bookmark

    @property
    def next_bookmark(self) -> Any:
        """The greatest value so far, but none of the future.

        Reports can hold bookings of coming months, between which more may be put later.
        """
        values = [value for value in (self._bookmark, self._greatest) if value is not None]
        newest = max(values, default=None)
        if not isinstance(newest, str):
            return newest
        return min(newest, _format_now())[: len(newest)]

    def _check_bookmark(self, bookmark: Any) -> None:
        """Check that a bookmark can be one, as all rows below it are left out.

        Raises:
            ReportError: It is damaged, or lies in the future.
        """
        if bookmark is None or type(bookmark) in {int, float}:
            return
        if not isinstance(bookmark, str) or _parse_first_day(bookmark) is None:
            problem = "is damaged"
        elif bookmark > _format_now(timedelta(1)):
            problem = "lies in the future"
        else:
            return
        raise ReportError(f"the bookmark of {self._column!r} {problem}. {EMPTY_STATE}")

    def _check(self, value: Any) -> None:
        sorts = _parse_first_day(value) if isinstance(value, str) else type(value) is not bool
        if not sorts:
            raise ReportError(
                f"the replication key {self._column!r} holds a cell written like "
                f"{mask_value(str(value))}, which does not sort by time. Give the column the type "
                "'date', 'date-time' or 'integer', with the right format, in 'columns'."
            )
        if self._bookmark is not None and isinstance(value, str) != isinstance(self._bookmark, str):
            raise ReportError(
                f"the bookmark of {self._column!r} is of another type than the column is now. "
                f"{EMPTY_STATE}"
            )


def _subtract_days(bookmark: Any, days: int) -> Any:
    """Return the value so many days below the bookmark, None if there are no such days."""
    first_day = _parse_first_day(bookmark) if isinstance(bookmark, str) else None
    if first_day is None or not days:
        return bookmark
    try:
        return (first_day - timedelta(days)).isoformat()[: len(bookmark)]
    except OverflowError:
        return None


@lru_cache(MAX_CACHED_DAYS)
def _parse_first_day(value: str) -> date | None:
    """Return the first day that a text stands for; None if it sorts by no time that exists."""
    if SORTABLE.fullmatch(value) is None:
        return None
    try:
        return date.fromisoformat(value[:DAY] + "0000-01-01"[len(value) : DAY])
    except ValueError:
        return None


def _format_now(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).isoformat(timespec="seconds")
