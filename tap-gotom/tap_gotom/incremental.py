"""Of a report that is always downloaded whole, only what is new since the last run.

goTom filters nothing by time, so this saves the target's work, not the server's.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tap_gotom.column_types import mask_value
from tap_gotom.reports import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SORTABLE = re.compile(
    r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}.*)?)?)?)?"
)
DAY = len("2026-01-31")
EMPTY_STATE = "Run once with an empty state."

Row = tuple[Any, ...]


class IncrementalFilter:
    """Leaves out rows below the bookmark less the look-back, and finds the next bookmark."""

    def __init__(self, column: str, place: int, bookmark: Any, lookback_days: int) -> None:
        """Compare one column.

        Args:
            column: Its name, for errors.
            place: Its place in the rows.
            bookmark: Its greatest value of the run before, None if there was none.
            lookback_days: How many days below the bookmark are wanted nevertheless.

        Raises:
            ReportError: The bookmark is damaged, or lies in the future.
        """
        self._column = column
        self._place = place
        self._check_bookmark(bookmark)
        self._bookmark = bookmark
        self._since = _days_before(bookmark, lookback_days)
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
                self._check_day(value)
                self._greatest = value
            if self._since is None or value >= self._since:
                yield row

    @property
    def ends_before_bookmark(self) -> bool:
        """Whether all values were below the bookmark, as when something is counted anew."""
        if self._greatest is None or self._bookmark is None:
            return False
        return bool(self._greatest < self._bookmark)

    def bookmark(self) -> Any:
        """Return the greatest value so far, but none of the future.

        Reports can hold bookings of coming months, between which more may be put later.
        """
        values = [value for value in (self._bookmark, self._greatest) if value is not None]
        newest = max(values, default=None)
        if not isinstance(newest, str):
            return newest
        return min(newest, _now())[: len(newest)]

    def _check_bookmark(self, bookmark: Any) -> None:
        """Check that a bookmark can be one, as all rows below it are left out.

        Raises:
            ReportError: It is damaged, or lies in the future.
        """
        if bookmark is None or type(bookmark) in {int, float}:
            return
        if not isinstance(bookmark, str) or not _is_day(bookmark):
            problem = "is damaged"
        elif bookmark > _now(timedelta(1)):
            problem = "lies in the future"
        else:
            return
        raise ReportError(f"the bookmark of {self._column!r} {problem}. {EMPTY_STATE}")

    def _check(self, value: Any) -> None:
        if isinstance(value, str) and SORTABLE.fullmatch(value) is None:
            raise self._sort_error(value)
        if self._bookmark is not None and isinstance(value, str) != isinstance(self._bookmark, str):
            raise ReportError(
                f"the bookmark of {self._column!r} is of another type than the column is now. "
                f"{EMPTY_STATE}"
            )

    def _check_day(self, value: Any) -> None:
        if isinstance(value, str) and not _is_day(value):
            raise self._sort_error(value)

    def _sort_error(self, value: str) -> ReportError:
        return ReportError(
            f"the replication key {self._column!r} holds a cell written like {mask_value(value)}, "
            "which does not sort by time. Give the column the type 'date', 'date-time' or "
            "'integer', with the right format, in 'columns'."
        )


def _days_before(bookmark: Any, days: int) -> Any:
    """Return the value so many days below the bookmark, None if there are no such days."""
    if not isinstance(bookmark, str) or not days:
        return bookmark
    try:
        return (_first_day(bookmark) - timedelta(days)).isoformat()[: len(bookmark)]
    except OverflowError:
        return None


def _first_day(value: str) -> date:
    return date.fromisoformat(value[:DAY] + "0000-01-01"[len(value) : DAY])


def _is_day(value: str) -> bool:
    """Return whether a text stands for a time that exists, as 2026-02-30 does not."""
    if SORTABLE.fullmatch(value) is None:
        return False
    try:
        _first_day(value)
    except ValueError:
        return False
    return True


def _now(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).isoformat(timespec="seconds")
