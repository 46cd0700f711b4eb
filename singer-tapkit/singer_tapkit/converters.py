"""Convert single values to the type and the format that their schema has.

Values come as the serializers of many languages write them: dates as lists, numbers as text, times
of day as objects, booleans as numbers.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_tapkit.errors import InvalidResponseError
    from singer_tapkit.row_reporter import RowReporter

EMPTY_DATE = "0000-00-00"
INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
MIN_INTEGER = -(2**63)
MAX_INTEGER = 2**63 - 1
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
BOOLEANS = {"1": True, "true": True, "0": False, "false": False}


class _TimeOfDay(msgspec.Struct):
    """A time of day as Java serializers write it."""

    hour: Annotated[int, msgspec.Meta(ge=0, le=23)]
    minute: Annotated[int, msgspec.Meta(ge=0, le=59)]
    second: Annotated[int, msgspec.Meta(ge=0, le=59)] | None = None


class ScalarConverter:
    """Converts the values of one field that have not the right type yet."""

    def __init__(self, path: str, reporter: RowReporter, *, is_required: bool) -> None:
        """Take a field.

        Args:
            path: Its name, with those of the objects around it.
            reporter: Where invalid values are reported.
            is_required: Whether it must not be null.
        """
        self._path = path
        self._reporter = reporter
        self._is_required = is_required

    def choose(
        self, json_type: str, value_format: str | None
    ) -> tuple[type | None, Callable[[Any], Any]]:
        """Return the type of values that need no conversion, and what converts all others."""
        match json_type, value_format:
            case "string", "date-time":
                return None, self.to_date_time
            case "string", "date":
                return None, self.to_date
            case "string", _:
                return str, self.to_string
            case "integer", _:
                return None, self.to_integer
            case "number", _:
                return int, self.to_number
            case _:
                return bool, self.to_boolean

    def to_string(self, value: Any) -> str | None:
        """Return a time of day as such, and all else as JSON, which is no use as a key."""
        if self._is_infinite(value):
            return None
        if isinstance(value, dict) and value.keys() >= {"hour", "minute"}:
            return self._to_time(value)
        if self._is_required and isinstance(value, dict | list):
            raise self._type_error(value, "string")
        return msgspec.json.encode(value).decode()

    def _to_time(self, value: dict[str, Any]) -> str:
        try:
            time = msgspec.convert(value, _TimeOfDay)
        except msgspec.ValidationError:
            raise self._type_error(value, "time of day") from None
        return f"{time.hour:02}:{time.minute:02}:{time.second or 0:02}"

    def to_integer(self, value: Any) -> int | None:
        """Return the whole number that a value is, that a text holds or that a number equals.

        One that the integers of databases cannot hold would end the loader, with all streams.
        """
        number = value if type(value) is int else self._read_integer(value)
        if number is not None and not MIN_INTEGER <= number <= MAX_INTEGER:
            raise self._type_error(value, "integer of 64 bits")
        return number

    def _read_integer(self, value: Any) -> int | None:
        if self._is_infinite(value):
            return None
        is_whole = isinstance(value, float) and value.is_integer()
        if is_whole or (isinstance(value, str) and INTEGER.fullmatch(value)):
            return int(value)
        raise self._type_error(value, "integer")

    def to_number(self, value: Any) -> float | Decimal | None:
        """Return a number, or the one that a text holds."""
        if isinstance(value, str) and NUMBER.fullmatch(value):
            value = float(value)
        if not isinstance(value, float | Decimal):
            raise self._type_error(value, "number")
        return None if self._is_infinite(value) else value

    def to_boolean(self, value: Any) -> bool:
        """Return what 1 and 0, or a text that says so, stand for in databases without booleans."""
        text = str(value).lower() if isinstance(value, int | str) else ""
        if text not in BOOLEANS:
            raise self._type_error(value, "boolean")
        return BOOLEANS[text]

    def to_date(self, value: Any) -> str | None:
        """Return a date in the form YYYY-MM-DD."""
        if isinstance(value, list):
            return self._join_date(value)
        if not isinstance(value, str):
            raise self._type_error(value, "date")
        if not value or value.startswith(EMPTY_DATE):
            return None
        day = value[:10]
        if value[10:11] in {"", "T", " "} and _is_date(day):
            return day
        self._report_invalid("date")
        return None

    def _join_date(self, parts: list[Any]) -> str | None:
        """Return the date of a year, a month and a day, as Java serializers write them."""
        if [type(part) for part in parts] != [int, int, int]:
            raise self._type_error(parts, "date")
        try:
            return date(*parts).isoformat()
        except (ValueError, OverflowError):
            self._report_invalid("date")
            return None

    def to_date_time(self, value: Any) -> str | None:
        """Return a date-time in the form of RFC 3339.

        The name of the zone that Java appends in brackets is removed, and seconds that it leaves
        out because they are zero are put in. Without an offset it is taken for UTC, which is
        reported.
        """
        if not isinstance(value, str):
            raise self._type_error(value, "date-time")
        if not value or value.startswith(EMPTY_DATE):
            return None
        bare = value.partition("[")[0]
        try:
            moment = datetime.fromisoformat(bare)
        except ValueError:
            self._report_invalid("date-time")
            return None
        if moment.tzinfo is None:
            self._reporter.report_local_time(self._path)
            return f"{moment.isoformat()}+00:00"
        return bare if RFC_3339.fullmatch(bare) else moment.isoformat()

    def _is_infinite(self, value: Any) -> bool:
        """Return whether a number is none that JSON has, and report it."""
        is_infinite = isinstance(value, float | Decimal) and not isfinite(value)
        if is_infinite:
            self._report_invalid("number")
        return is_infinite

    def _report_invalid(self, wanted: str) -> None:
        self._reporter.report_invalid(self._path, wanted)

    def _type_error(self, value: object, wanted: str) -> InvalidResponseError:
        return self._reporter.type_error(self._path, value, wanted)


@lru_cache(maxsize=4096)
def _is_date(text: str) -> bool:
    """Return whether a text is a date; a cache pays, as few dates are many records' dates."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
