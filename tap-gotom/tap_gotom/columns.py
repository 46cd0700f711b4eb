"""The columns of a report: what they are called in the report and in the stream."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tap_gotom.column_types import ColumnType
from tap_gotom.unknown_fields import KEPT_AS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

UMLAUTS = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l",
})  # fmt: skip
LONGEST_NAME = 55
RESERVED = {KEPT_AS}


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        name: Its name in the stream, safe for every target.
        original: Its name in the report's header, kept as the `title` in the schema.
        type: What it holds.
    """

    name: str
    original: str
    type: ColumnType

    def schema(self) -> dict[str, Any]:
        """Give its JSON Schema, in which `title` is the column's exact name in the report."""
        return {**self.type.schema(), "title": self.original}


def of_names(originals: Sequence[str], types: Mapping[str, ColumnType]) -> list[Column]:
    """Make columns of the names in a header.

    Args:
        originals: The names.
        types: Their types, text where one has none.
    """
    return [
        Column(name, original, types.get(original, ColumnType()))
        for name, original in zip(safe_names(originals), originals, strict=True)
    ]


def of_schema(properties: Mapping[str, Mapping[str, Any]]) -> list[Column]:
    """Read columns from the schema in a catalog; what has no title is no column."""
    return [
        Column(name, schema["title"], ColumnType.of_schema(schema))
        for name, schema in properties.items()
        if "title" in schema
    ]


def safe_names(originals: Iterable[str]) -> list[str]:
    """Give each name a form of small letters, digits and ``_`` that is its own.

    Names that come twice get ``_2``, ``_3`` and so on; those of which nothing is left, and those
    that begin with a digit, begin with ``column_``.
    """
    taken = set(RESERVED)
    names: list[str] = []
    for position, original in enumerate(originals, start=1):
        base = name = _safe(original) or f"column_{position}"
        repetition = 1
        while name in taken:
            repetition += 1
            name = f"{base}_{repetition}"
        taken.add(name)
        names.append(name)
    return names


def _safe(original: str) -> str:
    text = unicodedata.normalize("NFC", original).lower().translate(UMLAUTS)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:LONGEST_NAME].rstrip("_")
    return f"column_{text}" if text[:1].isdigit() else text


def labels(header: Sequence[str]) -> list[str]:
    """Tell columns of the same name apart, for messages and for fields that are kept."""
    seen: Counter[str] = Counter()
    found = []
    for name in header:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def places(columns: Sequence[Column], header: Sequence[str]) -> list[int | None]:
    """Find each column in a header.

    A name must be the same letter by letter, or else be the safe name that the header's column
    gets, or else have the same safe form and no competitor. Of columns with one and the same name
    the first is the first in both.

    Returns:
        For each column its place in the header, None if it is missing.
    """
    free: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        free.setdefault(name, []).append(place)
    found: list[int | None] = [
        free[column.original].pop(0) if free.get(column.original) else None for column in columns
    ]
    left = {place for places in free.values() for place in places}
    safe = {name: place for place, name in enumerate(safe_names(header)) if place in left}
    for index, column in enumerate(columns):
        if found[index] is None and column.original in safe:
            found[index] = safe[column.original]
            left.remove(safe.pop(column.original))
    alike = _by_safe_form({place: header[place] for place in left})
    missing = _by_safe_form(
        {index: columns[index].original for index, place in enumerate(found) if place is None}
    )
    for form, indices in missing.items():
        if len(indices) == len(alike.get(form, ())) == 1:
            found[indices[0]] = alike[form][0]
    return found


def _by_safe_form(names: Mapping[int, str]) -> dict[str, list[int]]:
    forms: dict[str, list[int]] = {}
    for number in sorted(names):
        if form := _safe(names[number]):
            forms.setdefault(form, []).append(number)
    return forms
