"""How the rows of a download become records, when its header is not quite what it was."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tap_gotom.answers import shortened
from tap_gotom.column_types import shape
from tap_gotom.columns import labels, places
from tap_gotom.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from tap_gotom.columns import Column
    from tap_gotom.download import Download
    from tap_gotom.report_csv import Row
    from tap_gotom.unknown_fields import UnknownFields

MISSING = -1
METADATA = ("_report_id", "_row_number", "_extracted_at")


class Layout:
    """Where the columns of a stream stand in one download."""

    def __init__(
        self,
        columns: Sequence[Column],
        header: Row,
        keys: Collection[str],
        replication_key: str | None,
        unknown_fields: UnknownFields,
    ) -> None:
        """Compare a header with the columns of the stream.

        Args:
            columns: The columns.
            header: The names in the download.
            keys: Columns that must be there, with a value in each row.
            replication_key: Another that must be there, if any.
            unknown_fields: What is done about columns that are new.

        Raises:
            ReportError: A column is missing that must be there, or all are.
            UnknownFieldsError: There are new columns, and the settings want none.
        """
        self._columns = columns
        self._header = header
        self._keys = keys
        self._needed = {*keys, replication_key}
        self._places = places(columns, header)
        self._check_needed()
        known = {place for place in self._places if place is not None}
        self._new = [place for place in range(len(header)) if place not in known]
        self._keeps = unknown_fields.policy == "keep"
        names = labels(header)
        self._new_names = [names[place] for place in self._new]
        unknown_fields.meet(self._new_names)

    @property
    def missing(self) -> list[Column]:
        """The columns that the download lacks."""
        return [
            column
            for column, place in zip(self._columns, self._places, strict=True)
            if place is None
        ]

    def _check_needed(self) -> None:
        if self._columns and not any(place is not None for place in self._places):
            raise ReportError(
                f"none of the report's columns is there. The columns are: "
                f"{shortened(', '.join(self._header))}. Check 'delimiter' and 'report_id', or run "
                "discovery again if the saved report was changed altogether."
            )
        for column in self.missing:
            if column.name in self._needed:
                raise ReportError(
                    f"the column {column.original!r} is missing, which is the report's key or "
                    f"replication key. The columns are: {', '.join(self._header)}. Put it back "
                    "into the saved report, or change the settings."
                )

    @property
    def converts(self) -> bool:
        """Whether there are cells that may turn out not to fit their column's type."""
        return bool(self._converters())

    def values(self, download: Download) -> Iterator[tuple[Any, ...]]:
        """Make values of the rows of the download.

        Args:
            download: The download that the header is of.

        Yields:
            The values of `METADATA` and of the columns; with the policy ``keep`` also an object of
            the new columns' cells.

        Raises:
            ReportError: A cell does not fit its column's type, or a key has none.
        """
        converters = self._converters()
        select = self._selection()
        report_id, time = download.report.report_id, download.time
        place = 0
        for number, row in enumerate(download.rows(), start=1):
            try:
                for place, convert in converters:
                    row[place] = convert(row[place])
            except ValueError:
                raise ReportError(self._fault(number, row, place)) from None
            yield (report_id, number, time, *select(row))

    def _selection(self) -> Callable[[Row], Sequence[Any]]:
        if self._places == list(range(len(self._header))) and not self._keeps:
            return list
        wanted = [MISSING if place is None else place for place in self._places]
        # With one place alone, itemgetter would give the cell instead of a tuple of it.
        get = itemgetter(*wanted, MISSING, MISSING)
        if not self._keeps:
            return lambda row: get([*row, None])[:-2]
        new = list(zip(self._new_names, self._new, strict=True))
        return lambda row: (
            *get([*row, None])[:-2],
            {name: row[place] for name, place in new} or None,
        )

    def _converters(self) -> list[tuple[int, Callable[[str], Any]]]:
        found = []
        for column, place in zip(self._columns, self._places, strict=True):
            convert = column.type.converter()
            if place is None or convert is None:
                continue
            if column.name not in self._keys:
                convert = _or_null(convert)
            found.append((place, convert))
        return found

    def _fault(self, number: int, row: Row, place: int) -> str:
        column = self._columns[self._places.index(place)]
        written = f", format {column.type.format!r}" if column.type.format else ""
        cell = shape(row[place]) if row[place] else "empty"
        return (
            f"row {number}, column {column.original!r}: a cell written like {cell} is no "
            f"{column.type.kind}{written}. Set the column's type or format in 'columns', or make "
            "it a 'string'."
        )


def _or_null(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    """Let empty cells be null."""
    return lambda cell: convert(cell) if cell else None
