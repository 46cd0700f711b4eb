"""The types that columns of a report can be given, and how a cell becomes a value.

How goTom writes numbers and dates is not documented and depends on the report, so nothing is
guessed: a cell that is not exactly of its type is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from singer_tapkit.schemas import read_types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Convert = Callable[[str], Any]

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
"""What the integers of databases hold; a number beyond that would end the loader."""
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SAMPLE = re.compile(r"1(?P<group>[.,'’ \u00a0\u202f]?)234(?P<point>[.,])5")  # noqa: RUF001
PLAIN_SAMPLE = "1234.5"
SAMPLE_MOMENT = datetime(2027, 11, 22, 13, 45, tzinfo=UTC)
ONE_YEAR_LATER = SAMPLE_MOMENT.replace(year=SAMPLE_MOMENT.year + 1)
MAX_FLOAT_DIGITS = 15
MAX_CACHED_DATES = 10_000

KINDS = ("string", "integer", "number", "boolean", "date", "date-time")
WITHOUT_FORMAT = {"string", "integer"}


@dataclass(frozen=True)
class ColumnType:
    """What a column holds.

    Attributes:
        kind: One of `KINDS`.
        format: How it is written, None for the usual way. For numbers the number 1234.5 in the
            report's spelling, such as ``1'234,5``; for booleans both words, such as ``ja/nein``;
            for dates and date-times what ``strptime`` takes, such as ``%d.%m.%Y``.
    """

    kind: str = "string"
    format: str | None = None

    @classmethod
    def from_setting(cls, setting: str | Mapping[str, str]) -> ColumnType:
        """Read a type from the settings.

        Args:
            setting: A kind, or an object with `type` and `format`.

        Raises:
            ValueError: It is no type.
        """
        if isinstance(setting, str):
            return cls(setting)
        found = cls(setting["type"], setting.get("format"))
        found.compile_converter()
        if found.format and found.kind in WITHOUT_FORMAT:
            raise ValueError(f"the type {found.kind!r} has no format")
        return found

    @classmethod
    def from_schema(cls, schema: Mapping[str, Any]) -> ColumnType:
        """Return the type of a JSON Schema, as it stands in a catalog; any other one is text."""
        kinds = [schema.get("format"), *read_types(schema)]
        return cls(next((kind for kind in kinds if kind in KINDS), "string"))

    def to_setting(self) -> str | dict[str, str]:
        """Return the type as the settings have it."""
        return {"type": self.kind, "format": self.format} if self.format else self.kind

    def to_schema(self) -> dict[str, Any]:
        """Return the type and format in JSON Schema."""
        if self.kind in {"date", "date-time"}:
            return {"type": ["string", "null"], "format": self.kind}
        return {"type": [self.kind, "null"]}

    def compile_converter(self) -> Convert | None:
        """Return what makes a value of a cell that is not empty; None for text as it is.

        The converter raises ValueError for cells that do not fit.

        Raises:
            ValueError: There is no such format.
        """
        match self.kind:
            case "string":
                return None
            case "integer":
                return _parse_integer
            case "number":
                return _compile_number(self.format or PLAIN_SAMPLE)
            case "boolean":
                return _compile_boolean(self.format)
            case "date":
                return lru_cache(MAX_CACHED_DATES)(_compile_date(self.format))
            case _:
                return lru_cache(MAX_CACHED_DATES)(_compile_date_time(self.format))


def mask_value(cell: str) -> str:
    """Return how a cell is written without its content: digits as 9, letters as a."""
    shown = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell[:40]))
    return repr(shown + ("…" if len(cell) > 40 else ""))  # noqa: PLR2004


def _parse_integer(cell: str) -> int:
    if INTEGER.fullmatch(cell) is None or not MIN_INTEGER <= int(cell) <= MAX_INTEGER:
        raise ValueError
    return int(cell)


def _compile_number(sample: str) -> Convert:
    found = SAMPLE.fullmatch(sample)
    if found is None or found["group"] == found["point"]:
        raise ValueError(
            f"the format of a number is the number {PLAIN_SAMPLE} as the report writes it, such "
            f"as 1'234,5, not {sample!r}"
        )
    group, point = found["group"], found["point"]
    whole = "0|[1-9][0-9]*"
    if group:
        whole += f"|[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+"
    pattern = re.compile(f"-?(?:{whole})(?:{re.escape(point)}[0-9]+)?")

    def convert(cell: str) -> float | Decimal:
        if pattern.fullmatch(cell) is None:
            raise ValueError
        plain = cell.replace(group, "").replace(point, ".") if group else cell.replace(point, ".")
        return float(plain) if len(plain) <= MAX_FLOAT_DIGITS else Decimal(plain)

    return convert


def _compile_boolean(words: str | None) -> Convert:
    if words is None:
        values = {"true": True, "false": False, "1": True, "0": False}
    else:
        true, _, false = words.partition("/")
        if not (true and false) or true == false:
            raise ValueError(
                f"the format of a boolean is both its words, such as ja/nein, not {words!r}"
            )
        values = {true: True, false: False}

    def convert(cell: str) -> bool:
        if cell not in values:
            raise ValueError
        return values[cell]

    return convert


def _compile_date(pattern: str | None) -> Convert:
    """Return what converts to a day, the first of the month where the report shows months."""
    found = _read_back(pattern) if pattern else SAMPLE_MOMENT
    if (found.year, found.month) != (SAMPLE_MOMENT.year, SAMPLE_MOMENT.month):
        raise ValueError(
            f"the format of a date has year and month, such as %d.%m.%Y, not {pattern!r}"
        )

    def convert(cell: str) -> str:
        if pattern:
            return datetime.strptime(cell, pattern).date().isoformat()  # noqa: DTZ007
        if ISO_DATE.fullmatch(cell) is None:
            raise ValueError
        return date.fromisoformat(cell).isoformat()

    return convert


def _read_back(pattern: str) -> datetime:
    """Return a moment, written and read back, which shows what a format leaves out."""
    try:
        written, later = (moment.strftime(pattern) for moment in (SAMPLE_MOMENT, ONE_YEAR_LATER))
        if written != later:
            return datetime.strptime(written, pattern)  # noqa: DTZ007
    except ValueError:
        raise ValueError(f"strptime has no format like {pattern!r}") from None
    raise ValueError(f"the format {pattern!r} has no year")


def _compile_date_time(pattern: str | None) -> Convert:
    """Return what converts to UTC, so that values compare as text; an offset is needed for that."""
    if pattern and "%z" not in pattern:
        raise ValueError(
            "the format of a date-time needs %z, as a time without offset is no moment; keep the "
            "column as 'string'"
        )
    if pattern and _read_back(pattern) != SAMPLE_MOMENT:
        raise ValueError(
            f"the format of a date-time has day and time, such as %d.%m.%Y %H:%M %z, not "
            f"{pattern!r}"
        )

    def parse(cell: str) -> datetime:
        if pattern is None:
            return datetime.fromisoformat(cell)
        return datetime.strptime(cell, pattern)  # noqa: DTZ007 - it has %z

    def convert(cell: str) -> str:
        moment = parse(cell)
        if moment.tzinfo is None:
            raise ValueError
        try:
            return moment.astimezone(UTC).isoformat()
        except OverflowError:  # in UTC it lies outside the years 1 to 9999
            raise ValueError from None

    return convert
