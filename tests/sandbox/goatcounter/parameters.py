"""Query parameters, read the way GoatCounter reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tests.sandbox.goatcounter.errors import ApiError, InvalidFieldsError

if TYPE_CHECKING:
    from collections.abc import Collection

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_TRUE = {"true", "1", "on"}
_WHOLE_NUMBER = "must be a whole number"
_INT32 = 2**31
_INT64 = 2**63

GROUPS = ("hour", "day", "week", "month")
"""What statistics can be grouped by; the number of a group is its place here."""


def whole_number(text: str, field: str) -> int:
    """An id that is part of a path.

    Raises:
        InvalidFieldsError: If it is not a number of 32 bits.
    """
    if not _INTEGER.fullmatch(text) or not -_INT32 <= int(text) < _INT32:
        raise InvalidFieldsError({field: [_WHOLE_NUMBER]})
    return int(text)


def parse_integer(text: str, complaint: str) -> int:
    """A number, or an error that begins with a complaint of ours and ends in Go's own words."""
    if not _INTEGER.fullmatch(text):
        raise _bad_request(f'{complaint}strconv.ParseInt: parsing "{text}": invalid syntax')
    number = int(text)
    if not -_INT64 <= number < _INT64:
        raise _bad_request(f'{complaint}strconv.ParseInt: parsing "{text}": value out of range')
    return number


def parse_moment(text: str) -> datetime | None:
    """A date, or date and time in RFC 3339; None for what is neither."""
    try:
        if _DATE.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        parts = _DATE_TIME.fullmatch(text)
        if parts is None:
            return None
        moment, fraction, zone = parts.groups()
        return datetime.fromisoformat(f"{moment}{(fraction or '.')[:7]:0<7}{zone}")
    except ValueError:
        return None


@dataclass(frozen=True)
class Window:
    """A stretch of time, both ends included, as the client wrote it."""

    start: datetime
    end: datetime

    @property
    def wall_clock(self) -> tuple[datetime, datetime]:
        """Both ends as hour buckets are compared with: their offsets are ignored."""
        return (self.start.replace(tzinfo=UTC), self.end.replace(tzinfo=UTC))


class Parameters:
    """The query of one request: names without regard to case, the first of equal names."""

    def __init__(self, query: str, known: Collection[str]) -> None:
        """Reads a query.

        Args:
            query: The raw query.
            known: Names that the endpoint has.

        Raises:
            ApiError: If there is another name.
        """
        self._values: dict[str, str] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name.lower() not in known:
                raise _bad_request(f'unknown parameter: "{name}"')
            self._values.setdefault(name.lower(), value)

    def number(self, name: str, default: int) -> int:
        """A number; an empty one is an error."""
        text = self._values.get(name)
        if text is None:
            return default
        complaint = "invalid query parameters: formam: could not parse number: "
        return parse_integer(text, complaint)

    def limit(self, default: int, cap: int | None) -> int:
        """The size of a page: at least 1, at most the cap."""
        limit = max(self.number("limit", default), 1)
        return limit if cap is None else min(limit, cap)

    def offset(self) -> int:
        """How many rows to leave out."""
        return max(self.number("offset", 0), 0)

    def flag(self, name: str) -> bool:
        """A switch that is off unless it is set in one of the words known."""
        return self._values.get(name, "").lower() in _TRUE

    def items(self, name: str) -> list[str]:
        """A list whose items are separated by commas or spaces."""
        return re.split(r"[,\s]+", text) if (text := self._values.get(name, "").strip(", ")) else []

    def numbers(self, name: str) -> list[int]:
        """A list of ids."""
        complaint = f"invalid number in {name}: "
        return [parse_integer(item, complaint) for item in self.items(name)]

    def group(self) -> int:
        """What to group by, as a place in :data:`GROUPS`."""
        text = self._values.get("group", GROUPS[0])
        if text in GROUPS:
            return GROUPS.index(text)
        number = parse_integer(text, "invalid query parameters: ")
        return number if 0 <= number < len(GROUPS) else 0

    def window(self, now: datetime) -> Window:
        """The stretch of time asked for: the last eight days if none is."""
        today = datetime.combine(now.date(), time(), UTC)
        start = self._moment("start") or today - timedelta(days=7)
        end = self._moment("end") or today + timedelta(days=1, microseconds=-1)
        return Window(start, end)

    def _moment(self, name: str) -> datetime | None:
        text = self._values.get(name, "")
        moment = parse_moment(text)
        if text and moment is None:
            complaint = "invalid query parameters: formam: could not parse field"
            raise _bad_request(f"{complaint}: no suitable time formats")
        return moment


def _bad_request(text: str) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, text)
