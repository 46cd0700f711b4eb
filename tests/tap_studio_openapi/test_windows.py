"""Spans of days are cut into windows that overlap."""

from __future__ import annotations

from datetime import date

from tap_studio_openapi.windows import Window, split_into_windows


def test_windows_share_a_day_and_miss_none() -> None:
    windows = list(split_into_windows(date(2026, 1, 1), date(2026, 1, 15), 6))
    assert windows == [
        Window(date(2026, 1, 1), date(2026, 1, 7)),
        Window(date(2026, 1, 7), date(2026, 1, 13)),
        Window(date(2026, 1, 13), date(2026, 1, 15)),
    ]
    assert [window.days_ahead for window in windows] == [6, 6, 2]


def test_a_single_day_is_one_window() -> None:
    day = date(2026, 1, 1)
    assert list(split_into_windows(day, day, 6)) == [Window(day, day)]


def test_a_span_that_ends_before_it_begins_has_no_window() -> None:
    assert list(split_into_windows(date(2026, 1, 2), date(2026, 1, 1), 6)) == []
