"""Moments in the notations that GoatCounter uses."""

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
