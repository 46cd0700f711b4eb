"""Spans of days, and the instants that name them to the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, TypeVar

from tap_goatcounter.errors import TooMuchAtOnceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Days:
    """The days from `first` to `last`, both included; none when `last` lies before `first`."""

    first: date
    last: date

    def __len__(self) -> int:
        """Count the days."""
        return max(0, (self.last - self.first).days + 1)

    def __iter__(self) -> Iterator[date]:
        """Give the days in order."""
        return (self.first + index * ONE_DAY for index in range(len(self)))

    def __contains__(self, day: date) -> bool:
        """Tell whether `day` is one of them."""
        return self.first <= day <= self.last

    def head(self, count: int) -> Days:
        """Give the first `count` days, or all where there are fewer."""
        return Days(self.first, min(self.last, self.first + (count - 1) * ONE_DAY))


def instant(moment: datetime) -> str:
    """Write a moment as the server wants it: RFC 3339, in UTC, whole seconds.

    An offset other than ``Z`` would be read by its wall clock.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole_days(days: Days, offset: timedelta = timedelta()) -> dict[str, str]:
    """Give the parameters `start` and `end` that take in all of these days.

    Args:
        days: The days.
        offset: By how much the server moves its hours, which are UTC's, before it cuts days. Where
            that is no whole number of hours, generations of servers round it differently: the
            window is then an hour wider at both ends, and the neighbouring days in the answer are
            incomplete.
    """
    margin = ONE_HOUR if offset % ONE_HOUR else timedelta()
    start = datetime.combine(days.first, time(), UTC) - offset - margin
    end = datetime.combine(days.last + ONE_DAY, time(), UTC) - offset + margin - SECOND
    return {"start": instant(start), "end": instant(end)}


def calendar_day(day: date, zone: tzinfo) -> dict[str, str]:
    """Give the parameters `start` and `end` for statistics that are stored by the UTC day.

    The server moves both instants into `zone` and keeps only their dates. Noon has the same date
    whatever daylight saving does to the offset; without a zone the whole day says it plainly.
    """
    if zone is UTC:
        return whole_days(Days(day, day))
    noon = instant(datetime.combine(day, time(12), zone))
    return {"start": noon, "end": noon}


def yesterday(zone: tzinfo = UTC) -> date:
    """Give the last day of `zone` that is over."""
    return datetime.now(zone).date() - ONE_DAY


def in_windows(
    days: Days,
    size: int,
    read: Callable[[Days], Iterable[T]],
    finished: Callable[[Days], None] = lambda _: None,
) -> Iterator[T]:
    """Read a long span of days in windows, which get shorter when the server finds them too long.

    Args:
        days: The whole span.
        size: The most days at once to begin with.
        read: Reads one window; raises `TooMuchAtOnceError` if fewer days may do.
        finished: Called with each window after its last row.

    Yields:
        The rows of all windows.

    Raises:
        TooMuchAtOnceError: A single day is too much.
    """
    while days:
        window = days.head(size)
        try:
            yield from read(window)
        except TooMuchAtOnceError:
            if len(window) == 1:
                raise
            size = len(window) // 2
        else:
            finished(window)
            days = Days(window.last + ONE_DAY, days.last)
