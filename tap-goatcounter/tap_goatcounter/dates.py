"""Days, and the times that name them to the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from tap_goatcounter.client import QueryTooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

ONE_DAY: Final = timedelta(days=1)
ONE_HOUR: Final = timedelta(hours=1)
ONE_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True)
class DateRange:
    """The days from `first` to `last`, both included; none when `last` lies before `first`."""

    first: date
    last: date

    def __len__(self) -> int:
        """Return the number of days."""
        return max(0, (self.last - self.first).days + 1)

    def __iter__(self) -> Iterator[date]:
        """Yield the days in order."""
        return (self.first + index * ONE_DAY for index in range(len(self)))

    def first_n(self, count: int) -> DateRange:
        """Return the first `count` days, or all if there are fewer."""
        return DateRange(self.first, self.first + (min(count, len(self)) - 1) * ONE_DAY)


class TimeRange(NamedTuple):
    """The time from `start` to `end`, both included, as statistics are asked for."""

    start: datetime
    end: datetime

    @property
    def params(self) -> dict[str, str]:
        """The parameters that ask for it."""
        return {"start": format_time(self.start), "end": format_time(self.end)}

    def split(self) -> tuple[TimeRange, ...]:
        """Return the two halves, cut at a full hour; none if there is no such hour."""
        hours = (self.end + ONE_SECOND - self.start) // ONE_HOUR
        middle = self.start + hours // 2 * ONE_HOUR
        if middle == self.start:
            return ()
        return TimeRange(self.start, middle - ONE_SECOND), TimeRange(middle, self.end)


def format_time(moment: datetime) -> str:
    """Return a moment as the server wants it: RFC 3339, in UTC, whole seconds.

    An offset other than ``Z`` would be read by its wall clock.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cover_days(days: DateRange, offset: timedelta = timedelta()) -> TimeRange:
    """Return the time that takes in all of these days.

    The offset is by how much the server moves its hours, which are UTC's, before it cuts days.
    Where that is no whole number of hours, generations of servers round it differently: the time is
    then an hour wider at both ends, and the neighbouring days in the response are incomplete.
    """
    margin = ONE_HOUR if offset % ONE_HOUR else timedelta()
    start = datetime.combine(days.first, time(), UTC) - offset - margin
    end = datetime.combine(days.last + ONE_DAY, time(), UTC) - offset + margin - ONE_SECOND
    return TimeRange(start, end)


def cover_calendar_day(day: date, zone: tzinfo) -> TimeRange:
    """Return the time that stands for a UTC day in statistics that are stored by the day.

    The server moves both ends into `zone` and keeps only their dates. Noon has the same date
    whatever daylight saving does to the offset; without a zone the whole day is unambiguous.
    """
    if zone is UTC:
        return cover_days(DateRange(day, day))
    noon = datetime.combine(day, time(12), zone)
    return TimeRange(noon, noon)


def read_in_windows(
    days: DateRange,
    size: int,
    read: Callable[[DateRange], Iterable[T]],
    on_finished: Callable[[DateRange], None] = lambda _: None,
) -> Iterator[T]:
    """Read many days in windows, which get shorter when the server finds them too long.

    Args:
        days: The days.
        size: The most days at once to begin with.
        read: Reads one window; raises `QueryTooLargeError` if fewer days may do.
        on_finished: Called with each window after its last row.

    Raises:
        QueryTooLargeError: A single day is too much.
    """
    while days:
        window = days.first_n(size)
        try:
            yield from read(window)
        except QueryTooLargeError:
            if len(window) == 1:
                raise
            size = len(window) // 2
        else:
            on_finished(window)
            days = DateRange(window.last + ONE_DAY, days.last)
