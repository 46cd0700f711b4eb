"""The CSV export: individual page views."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.timestamps import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def select_hits(visits: Iterable[Visit], after: int) -> list[Visit]:
    """Return the hits kept individually whose id is greater than a cursor, by id."""
    return [visit for visit in visits if visit.hit_id is not None and visit.hit_id > after]


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


def write_rows(visits: Sequence[Visit]) -> bytes:
    """Return the compressed file; without rows it has no header either."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    if visits:
        writer.writerow([f"{VERSION}{COLUMNS[0]}", *COLUMNS[1:]])
    writer.writerows(map(build_row, visits))
    return gzip.compress(text.getvalue().encode(), mtime=0)
