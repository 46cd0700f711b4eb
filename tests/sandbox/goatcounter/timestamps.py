"""Moments and durations as Go writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def seconds(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_or_null(moment: datetime | None) -> str | None:
    """The same, for what may not have happened yet."""
    return None if moment is None else seconds(moment)


def fractions(moment: datetime) -> str:
    """RFC 3339 in UTC with the fraction of the second, zeros at its end left out."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return text.rstrip("0").rstrip(".") + "Z"


def compact(moment: datetime) -> str:
    """The form in names of files."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


NANOSECOND = 1
MICROSECOND = 1_000 * NANOSECOND
MILLISECOND = 1_000 * MICROSECOND
SECOND = 1_000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def format_duration(nanoseconds: int) -> str:
    """Writes a duration, such as ``59m59.987s``, ``931.67ms`` or ``-1h0m0.5s``."""
    sign = "-" if nanoseconds < 0 else ""
    size = abs(nanoseconds)
    if size == 0:
        return "0s"
    if size < MICROSECOND:
        return f"{sign}{size}ns"
    if size < MILLISECOND:
        return f"{sign}{_decimal(size, MICROSECOND)}µs"
    if size < SECOND:
        return f"{sign}{_decimal(size, MILLISECOND)}ms"
    hours, rest = divmod(size, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    text = f"{_decimal(rest, SECOND)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    if hours:
        text = f"{hours}h{text}"
    return sign + text


def _decimal(size: int, unit: int) -> str:
    whole, fraction = divmod(size, unit)
    if not fraction:
        return str(whole)
    digits = str(fraction).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}"
