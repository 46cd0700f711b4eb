"""Only what is new in a report, by a column of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tap_gotom.incremental import IncrementalFilter
from tap_gotom.reports import ReportError


def test_days_to_come_do_not_move_the_bookmark_beyond_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = datetime(2026, 3, 9, 6, 15, tzinfo=UTC)
    monkeypatch.setattr("tap_gotom.incremental.datetime", SimpleNamespace(now=lambda _zone: now))
    new = IncrementalFilter("day", 0, None, 0)
    rows = [("2026-01-01",), ("2026-06-01",)]
    assert list(new.filter(rows)) == rows
    assert new.next_bookmark == "2026-03-09"


@pytest.mark.parametrize(
    ("bookmark", "days", "kept"),
    [
        ("2026-03", 0, ["2026-03", "2026-04"]),
        ("2026-03", 1, ["2026-02", "2026-03", "2026-04"]),
        (None, 9, ["2025-12", "2026-02", "2026-03", "2026-04"]),
    ],
)
def test_months_are_compared_as_they_are(bookmark: str | None, days: int, kept: list[str]) -> None:
    rows = [("2025-12",), ("2026-02",), ("2026-03",), ("2026-04",)]
    assert [row[0] for row in IncrementalFilter("month", 0, bookmark, days).filter(rows)] == kept


def test_a_look_back_beyond_all_years_loads_everything() -> None:
    assert list(IncrementalFilter("day", 0, "2026-01-01", 1 << 40).filter([("0001-01-01",)])) == [
        ("0001-01-01",)
    ]


@pytest.mark.parametrize("day", ["2025-02-30", "2025-13-01", "2025-00"])
def test_a_day_that_does_not_exist_is_refused(day: str) -> None:
    with pytest.raises(ReportError, match="does not sort by time"):
        list(IncrementalFilter("day", 0, None, 0).filter([(day,)]))


@pytest.mark.parametrize(
    ("value", "written"), [("31.12.2025", r"99\.99\.9999"), (True, "aaaa"), (False, "aaaaa")]
)
def test_what_does_not_sort_by_time_is_refused(value: object, written: str) -> None:
    with pytest.raises(ReportError, match=written):
        list(IncrementalFilter("day", 0, None, 0).filter([(value,)]))


def test_a_bookmark_of_another_type_is_refused() -> None:
    with pytest.raises(ReportError, match="of another type"):
        list(IncrementalFilter("id", 0, "2026-01-01", 0).filter([(5,)]))


@pytest.mark.parametrize("bookmark", ["", "abc", "2026-02-30", "31.12.2025", [1], True, {}])
@pytest.mark.parametrize("days", [0, 2])
def test_a_damaged_bookmark_is_refused(bookmark: object, days: int) -> None:
    with pytest.raises(ReportError, match="bookmark of 'day' is damaged"):
        IncrementalFilter("day", 0, bookmark, days)


@pytest.mark.parametrize("digits", [4, 7, 10, 19])
def test_a_bookmark_in_the_future_is_refused(digits: int) -> None:
    future = (datetime.now(UTC) + timedelta(days=800)).isoformat()[:digits]
    with pytest.raises(ReportError, match="lies in the future"):
        IncrementalFilter("day", 0, future, 0)
    IncrementalFilter("day", 0, datetime.now(UTC).isoformat()[:digits], 0)


@pytest.mark.parametrize(
    ("values", "ends_before"), [((8, 9), True), ((8, 10), False), ((), False), ((None,), False)]
)
def test_values_that_are_counted_anew_are_noticed(values: tuple[int], *, ends_before: bool) -> None:
    new = IncrementalFilter("id", 0, 10, 0)
    list(new.filter([(value,) for value in values]))
    assert new.ends_before_bookmark is ends_before
    assert new.next_bookmark == 10


@pytest.mark.parametrize("value", [None, ""])
def test_rows_without_a_value_are_always_new(value: str | None) -> None:
    rows = [("2026-01-01",), (value,)]
    assert list(IncrementalFilter("day", 0, "2026-02-01", 0).filter(rows)) == [(value,)]


def test_numbers_are_compared_as_numbers() -> None:
    new = IncrementalFilter("id", 0, 9, 3)
    assert list(new.filter([(8,), (9,), (10,)])) == [(9,), (10,)]
    assert new.next_bookmark == 10
