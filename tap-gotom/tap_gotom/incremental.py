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
        """
        self._column = column
        self._place = place
        self._bookmark = bookmark
        self._since = _days_before(bookmark, lookback_days)

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
            if self._bookmark is None or value > self._bookmark:
                self._check_day(value)
                self._bookmark = value
            if self._since is None or value >= self._since:
                yield row

    def bookmark(self) -> Any:
        """Return the greatest value so far, but none of the future.

        Reports can hold bookings of coming months, between which more may be put later.
        """
        if not isinstance(self._bookmark, str):
            return self._bookmark
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return min(self._bookmark, now)[: len(self._bookmark)]

    def _check(self, value: Any) -> None:
        if isinstance(value, str) and SORTABLE.fullmatch(value) is None:
            raise self._sort_error(value)
        if self._bookmark is not None and isinstance(value, str) != isinstance(self._bookmark, str):
            raise ReportError(
                f"the bookmark of {self._column!r} is of another type than the column is now. Run "
                "once with an empty state."
            )

    def _check_day(self, value: Any) -> None:
        """Check that the look-back can count from a day, as there is none like 2026-02-30."""
        try:
            _days_before(value, 1)
        except ValueError:
            raise self._sort_error(value) from None

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
    first = date.fromisoformat(bookmark[:DAY] + "0000-01-01"[len(bookmark) : DAY])
    try:
        return (first - timedelta(days)).isoformat()[: len(bookmark)]
    except OverflowError:
        return None
