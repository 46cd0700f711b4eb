"""Days, and the times that name them to the server."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tap_goatcounter.client import QueryTooLargeError
from tap_goatcounter.dates import (
    DateRange,
    TimeRange,
    cover_calendar_day,
    cover_days,
    format_time,
    read_in_windows,
)

NOVEMBER = DateRange(date(2026, 11, 1), date(2026, 11, 30))


def test_a_range_has_both_its_ends() -> None:
    days = DateRange(date(2026, 2, 27), date(2026, 3, 1))
    assert [day.day for day in days] == [27, 28, 1]
    assert len(days) == 3


def test_a_range_that_ends_before_it_begins_has_no_days() -> None:
    assert not DateRange(date(2026, 3, 2), date(2026, 3, 1))


@pytest.mark.parametrize(("count", "last"), [(1, 1), (7, 7), (99, 30), (10**10, 30)])
def test_the_first_days_are_no_more_than_there_are(count: int, last: int) -> None:
    assert NOVEMBER.first_n(count).last.day == last


def test_a_moment_is_written_in_utc() -> None:
    moment = datetime(2026, 11, 1, 1, 30, 5, 999, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert format_time(moment) == "2026-10-31T16:30:05Z"


@pytest.mark.parametrize(
    ("offset", "start", "end"),
    [
        (timedelta(), "2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z"),
        (timedelta(hours=-5), "2026-11-01T05:00:00Z", "2026-12-01T04:59:59Z"),
        (timedelta(hours=9), "2026-10-31T15:00:00Z", "2026-11-30T14:59:59Z"),
        (timedelta(hours=5.5), "2026-10-31T17:30:00Z", "2026-11-30T19:29:59Z"),
    ],
)
def test_whole_days_are_those_of_the_owner_and_an_hour_wider_for_half_hours(
    offset: timedelta, start: str, end: str
) -> None:
    assert cover_days(NOVEMBER, offset).params == {"start": start, "end": end}


def test_a_calendar_day_is_named_by_its_noon_elsewhere() -> None:
    day = date(2026, 11, 1)
    assert cover_calendar_day(day, UTC) == cover_days(DateRange(day, day))
    assert cover_calendar_day(day, ZoneInfo("Asia/Tokyo")).params == {
        "start": "2026-11-01T03:00:00Z",
        "end": "2026-11-01T03:00:00Z",
    }


def test_a_time_is_split_at_full_hours_until_one_is_left() -> None:
    parts = [cover_days(DateRange(date(2026, 11, 1), date(2026, 11, 1)))]
    while halves := [half for part in parts for half in part.split()]:
        parts = halves
    assert len(parts) < 24  # some hours are single before others
    one = TimeRange(datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC))
    assert one.split() == ()
    day = cover_days(DateRange(date(2026, 11, 1), date(2026, 11, 1)))
    assert [half.params for half in day.split()] == [
        {"start": "2026-11-01T00:00:00Z", "end": "2026-11-01T11:59:59Z"},
        {"start": "2026-11-01T12:00:00Z", "end": "2026-11-01T23:59:59Z"},
    ]


def test_windows_follow_one_another_and_are_reported_when_read() -> None:
    finished: list[DateRange] = []
    rows = list(read_in_windows(NOVEMBER, 12, list, finished.append))
    assert rows == list(NOVEMBER)
    assert [(window.first.day, window.last.day) for window in finished] == [
        (1, 12),
        (13, 24),
        (25, 30),
    ]


def test_a_single_day_that_is_too_large_is_an_error() -> None:
    def read(window: DateRange) -> list[date]:
        raise QueryTooLargeError(f"{window} is too much")

    with pytest.raises(QueryTooLargeError):
        list(read_in_windows(NOVEMBER, 30, read))
