"""Where the external ids of campaigns come from: the settings, and a column of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_gotom.columns import of_names
from tap_gotom.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_gotom.download import Download


def cells_of(download: Download, column: str) -> Iterator[str]:
    """Give the cells of a column.

    Args:
        download: The report.
        column: The column's name in the report, or its safe form.

    Raises:
        ReportError: There is no such column.
    """
    header = download.header()
    place = _place(header, column)
    if place is None and header:
        raise ReportError(
            f"{download.report} has no column {column!r}, as 'campaign_external_ids_from' says. "
            f"Its columns are: {', '.join(header)}."
        )
    if place is not None:
        yield from (row[place] for row in download.rows())


def _place(header: list[str], column: str) -> int | None:
    if column in header:
        return header.index(column)
    safe = [found.name for found in of_names(header, {})]
    return safe.index(column) if column in safe else None
