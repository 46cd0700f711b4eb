"""What the beginning of a report shows: columns that distinguish its rows, and likely types."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from tap_gotom.column_types import ColumnType
from tap_gotom.columns import build_columns

if TYPE_CHECKING:
    from collections.abc import Collection

    from tap_gotom.download import Sample

INTEGER: Final = ColumnType("integer")
LONG_INTEGER = re.compile(r"-?[0-9]{19,}")
"""An integer that does not fit every database."""

LIKELY_TYPES: Final = tuple(
    ColumnType(kind, pattern)
    for kind, patterns in {
        "number": (
            None, "1'234.5", "1\u2019234.5", "1234,5", "1.234,5", "1,234.5", "1 234,5",
            "1\u00a0234,5",
        ),
        "date": (None, "%d.%m.%Y", "%d.%m.%y", "%m.%Y", "%d/%m/%Y", "%m/%d/%Y"),
        "date-time": (None,),
        "boolean": (None, "ja/nein", "Ja/Nein", "yes/no", "Yes/No"),
    }.items()
    for pattern in patterns
)  # fmt: skip


def describe_keys(sample: Sample) -> str:
    """Return what `primary_keys` could be, for a report that has none."""
    unique = [
        repr(column.original)
        for place, column in enumerate(build_columns(sample.header))
        if len({row[place] for row in sample.rows} - {""}) == len(sample.rows) > 0
    ]
    return (
        "without 'primary_keys', rows are known by their number in a download; unique in "
        f"{_describe_extent(sample)}: {', '.join(unique) or 'none of its columns'}."
    )


def describe_columns(sample: Sample) -> str:
    """Return a proposal of `columns` in JSON, to be pasted into the settings."""
    extent = _describe_extent(sample)
    proposal = json.dumps(propose_columns(sample), ensure_ascii=False)
    return f"columns by {extent}, for its entry in 'reports':\n\"columns\": {proposal}"


def propose_columns(sample: Sample) -> dict[str, Any]:
    """Return the columns as the settings take them, each with the type that its cells allow.

    It holds names and types, and never a cell.
    """
    return {
        column.original: _propose_type({row[place] for row in sample.rows} - {""}).to_setting()
        for place, column in enumerate(build_columns(sample.header))
    }


def _propose_type(cells: Collection[str]) -> ColumnType:
    """Return the type of cells, text if there are none or if they can be read in two ways."""
    if not cells:
        return ColumnType()
    if any(map(LONG_INTEGER.fullmatch, cells)):
        return ColumnType()
    if _convert_all(INTEGER, cells) is not None:
        return INTEGER
    read = [
        (kind, values) for kind in LIKELY_TYPES if (values := _convert_all(kind, cells)) is not None
    ]
    is_clear = bool(read) and all(values == read[0][1] for _, values in read)
    return read[0][0] if is_clear else ColumnType()


def _convert_all(kind: ColumnType, cells: Collection[str]) -> list[Any] | None:
    convert = kind.compile_converter()
    try:
        return [convert(cell) for cell in cells] if convert else None
    except ValueError:
        return None


def _describe_extent(sample: Sample) -> str:
    return f"{'all' if sample.is_whole else 'the first'} {len(sample.rows):,} row(s)"
