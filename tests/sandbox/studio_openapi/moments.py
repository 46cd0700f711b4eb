"""Dates and times in the notations that the API uses for different fields."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")


def format_zoned(moment: datetime) -> str:
    """Return a text such as ``2022-06-22T08:00:00.000+02:00[Europe/Berlin]``."""
    return f"{moment.astimezone(ZONE).isoformat(timespec='milliseconds')}[{ZONE.key}]"


def format_with_offset(moment: datetime) -> str:
    """Return a text such as ``2023-12-03T10:15:30+01:00``."""
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def to_moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a time of a day where the studio is."""
    return datetime.combine(day, time(hour, minute), ZONE)


def shift_day(day: date, days: int) -> str:
    """Return the date some days later."""
    return (day + timedelta(days)).isoformat()
