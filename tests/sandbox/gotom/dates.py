"""Reading the ``Date`` header as PHP's ``strtotime`` does, in the notations worth sending."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d)?)(?:\.\d+)?( ?(?:[Zz]|[+-]\d\d(?::?\d\d)?))?"
)


def parse(text: str, zone: ZoneInfo) -> int | None:
    """The seconds since 1970 that a date stands for.

    Args:
        text: The date.
        zone: The server's time zone, which dates without an offset are read in.

    Returns:
        Whole seconds; None if the date is not understood.
    """
    moment = _iso(text) or _internet(text)
    if moment is None:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()) or None


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    moment, offset = found.groups()
    try:
        return datetime.fromisoformat(moment.upper() + (offset or "").strip().upper())
    except ValueError:
        return None


def _internet(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
