"""The CSV export: individual page views."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING, NamedTuple

from tests.sandbox.goatcounter.timestamps import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.goatcounter.hits import Visit

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


class Row(NamedTuple):
    """One line of the export, with the id that is not in it."""

    hit_id: int
    values: tuple[str, ...]


def select_rows(visits: Iterable[Visit], after: int) -> list[Row]:
    """Return the rows of the hits kept individually whose id is greater than a cursor, by id."""
    return [
        Row(visit.hit_id, build_row(visit))
        for visit in visits
        if visit.hit_id is not None and visit.hit_id > after
    ]


def build_row(visit: Visit) -> tuple[str, ...]:
    """Return the values of one row, in the order of :data:`COLUMNS`."""
    return (
        visit.path.path,
        visit.path.title,
        str(int(visit.path.event)),
        "",
        " ".join(visit.browser),
        " ".join(visit.system),
        visit.session,
        "0",
        visit.referrer.name,
        visit.referrer.scheme,
        f"{visit.width},0,1",
        visit.location,
        str(int(visit.first)),
        format_time(visit.created_at),
    )


def write_rows(rows: Iterable[Row]) -> bytes:
    """Return the compressed file; without rows it has no header either."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow([f"{VERSION}{COLUMNS[0]}", *COLUMNS[1:]])
        writer.writerow(row.values)
    return gzip.compress(text.getvalue().encode(), mtime=0)
