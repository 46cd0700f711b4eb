"""The CSV export: individual page views."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.timestamps import seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.goatcounter.store import Visit

COLUMNS = (
    "Path",
    "Title",
    "Event",
    "UserAgent",
    "Browser",
    "System",
    "Session",
    "Bot",
    "Referrer",
    "Referrer scheme",
    "Screen size",
    "Location",
    "FirstVisit",
    "Date",
)
VERSION = 2
"""Version of the format, glued to the first column's name."""

_NEEDS_QUOTES = re.compile(r'[,"\r\n]|^\s|^\\\.$')


@dataclass(frozen=True)
class Row:
    """One line of the export, with the id that is not in it."""

    hit_id: int
    values: tuple[str, ...]


def rows_of(visits: Iterable[Visit], after: int) -> list[Row]:
    """The rows of the hits kept individually whose id is greater than a cursor, by id."""
    return [
        Row(visit.hit_id, values_of(visit))
        for visit in visits
        if visit.hit_id is not None and visit.hit_id > after
    ]


def values_of(visit: Visit) -> tuple[str, ...]:
    """The values of one row, in the order of :data:`COLUMNS`."""
    return (
        visit.path.path,
        visit.path.title,
        _digit(visit.path.event),
        "",
        " ".join(visit.browser),
        " ".join(visit.system),
        visit.session,
        "0",
        visit.referrer.name,
        visit.referrer.scheme,
        f"{visit.width},0,1",
        visit.location,
        _digit(visit.first),
        seconds(visit.created_at),
    )


def write(rows: Iterable[Row]) -> bytes:
    """The compressed file; without rows it has no header either."""
    lines = [_line(row.values) for row in rows]
    if lines:
        lines.insert(0, f"{VERSION}{_line(COLUMNS)}")
    return gzip.compress("".join(lines).encode(), mtime=0)


def _line(values: Iterable[str]) -> str:
    return ",".join(map(_quoted, values)) + "\n"


def _quoted(value: str) -> str:
    if not _NEEDS_QUOTES.search(value):
        return value
    return '"' + value.replace('"', '""') + '"'


def _digit(condition: bool) -> str:  # noqa: FBT001
    return "1" if condition else "0"
