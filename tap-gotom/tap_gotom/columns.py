"""The columns of a report: what they are called in the report and in the stream."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from singer_tapkit.conformer import UNKNOWN_FIELDS
from tap_gotom.column_types import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UMLAUTS: Final = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l",
})  # fmt: skip
MAX_NAME: Final = 55
UNNAMED: Final = "unnamed"
HASH_DIGITS: Final = 6
RESERVED: Final = frozenset({UNKNOWN_FIELDS})


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

    def to_schema(self) -> dict[str, Any]:
        """Return its JSON Schema, in which `title` is the column's exact name in the report."""
        return {
            **self.type.to_schema(),
            "title": self.original,
            "description": f"The report's column {self.original!r}.",
        }


def build_columns(
    originals: Sequence[str], types: Mapping[str, ColumnType] | None = None
) -> list[Column]:
    """Return columns for the names in a header.

    Columns of one name are distinguished by their names in the stream, as in the settings.

    Args:
        originals: The names.
        types: Their types, text where one has none.
    """
    types = types or {}
    found: dict[str, Column] = {}
    for name, original in zip(to_safe_names(originals), originals, strict=True):
        label = name if original in found else original
        found[label] = Column(name, label, types.get(label, ColumnType()))
    return list(found.values())


def read_columns(properties: Mapping[str, Mapping[str, Any]]) -> list[Column]:
    """Return the columns in the schema of a catalog, also of one that has lost the titles.

    What the tap adds is no column. No column's name begins with ``_``.
    """
    return [
        Column(name, schema.get("title", name), ColumnType.from_schema(schema))
        for name, schema in properties.items()
        if not name.startswith("_") and name not in RESERVED
    ]


def find_column(name: str, columns: Sequence[Column]) -> Column | None:
    """Return the column that somebody has named, in the report's way or in the stream's.

    Spelling makes a difference only where it does in `match_names`.
    """
    (place,) = match_names([name], [column.original for column in columns])
    return None if place is None else columns[place]


def to_safe_names(originals: Sequence[str]) -> list[str]:
    """Return for each name a form of small letters, digits and ``_`` that is its own.

    It does not depend on where a column stands. Names that lose letters, or that would become the
    same, end with a few digits of their hash. Equal names are numbered, so that the number is no
    other column's name.
    """
    forms = {original: _to_safe(original) for original in originals}
    sharing = Counter(forms.values())
    bases = {
        original: _add_hash(form, original)
        if not form or sharing[form] > 1 or _loses_letters(original)
        else form
        for original, form in forms.items()
    }
    taken = set(RESERVED)
    names = {original: _take(base, taken) for original, base in sorted(bases.items())}
    taken.update(originals, forms.values())
    return [names.pop(original, "") or _take(bases[original], taken) for original in originals]


def match_names(names: Sequence[str], header: Sequence[str]) -> list[int | None]:
    """Return for each name of a column its place in a header, None if it is missing.

    A name must be the same letter by letter, or else be the safe name that the header's column
    gets, or else have the same safe form and no competitor. Of equal names the first is the first
    in both.
    """
    free: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        free.setdefault(name, []).append(place)
    found: list[int | None] = [free[name].pop(0) if free.get(name) else None for name in names]
    left = {place for places in free.values() for place in places}
    safe = {name: place for place, name in enumerate(to_safe_names(header)) if place in left}
    for index, name in enumerate(names):
        if found[index] is None and name in safe:
            found[index] = safe[name]
            left.remove(safe.pop(name))
    alike = _group_by_safe_form({place: header[place] for place in left})
    missing = _group_by_safe_form(
        {index: names[index] for index, place in enumerate(found) if place is None}
    )
    for form, indices in missing.items():
        if len(indices) == len(alike.get(form, ())) == 1:
            found[indices[0]] = alike[form][0]
    return found


def _group_by_safe_form(names: Mapping[int, str]) -> dict[str, list[int]]:
    forms: defaultdict[str, list[int]] = defaultdict(list)
    for number, name in names.items():
        if form := _to_safe(name):
            forms[form].append(number)
    return forms


def _decompose(original: str) -> str:
    text = unicodedata.normalize("NFC", original).lower().translate(UMLAUTS)
    return unicodedata.normalize("NFKD", text)


def _loses_letters(original: str) -> bool:
    return any(char.isalpha() and not char.isascii() for char in _decompose(original))


def _to_safe(original: str) -> str:
    text = _decompose(original).encode("ascii", "ignore").decode()
    text = re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:MAX_NAME].rstrip("_")
    return f"column_{text}" if text[:1].isdigit() else text


def _add_hash(form: str, original: str) -> str:
    if not original.strip():
        return UNNAMED
    digest = hashlib.sha256(unicodedata.normalize("NFC", original).encode(errors="replace"))
    return f"{form or 'column'}_{digest.hexdigest()[:HASH_DIGITS]}"


def _take(base: str, taken: set[str]) -> str:
    """Return a name that is not taken, and take it."""
    numbered = (base if number == 1 else f"{base}_{number}" for number in count(1))
    name = next(name for name in numbered if name not in taken)
    taken.add(name)
    return name
