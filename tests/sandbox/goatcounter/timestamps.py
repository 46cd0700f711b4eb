"""Moments as Go writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def format_seconds(moment: datetime) -> str:
    """Return a moment in RFC 3339, in UTC and whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_fractions(moment: datetime) -> str:
    """Return it with the fraction of the second, without the zeros at its end."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return text.rstrip("0").rstrip(".") + "Z"


def format_compact(moment: datetime) -> str:
    """Return it as it stands in names of files."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def parse_moment(text: str) -> datetime:
    """Return a date, or a date and time in RFC 3339, as a moment.

    Raises:
        ValueError: It is neither.
    """
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
