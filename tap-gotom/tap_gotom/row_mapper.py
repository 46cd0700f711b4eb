"""How the rows of a download become records, when its header is not quite what it was."""

from __future__ import annotations

from collections import deque
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from singer_tapkit.errors import truncate
from tap_gotom.column_types import mask_value
from tap_gotom.columns import build_columns, match_names
from tap_gotom.reports import ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from tap_gotom.columns import Column
    from tap_gotom.incremental import IncrementalFilter
    from tap_gotom.report_csv import Row

MISSING: Final = -1
BATCH_ROWS: Final = 500
MAX_KEYS: Final = 200_000
"""Keys that are compared, as more of them would need too much memory."""


class RowMapper:
    """The way from the rows of one download to values for the columns of a stream.

    Attributes:
        missing: The columns that the download lacks.
        new_names: The names of the columns that the stream lacks.
        row_filter: What finds new rows, None if all are wanted.
        repeated_keys: How many rows have had the key of a row before.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        header: Row,
        *,
        keys: Collection[str],
        replication_key: str | None,
        keeps_new: bool,
    ) -> None:
        """Compare a header with the columns of the stream.

        Raises:
            ReportError: A key or the replication key is missing, or all columns are.
        """
        self._columns = columns
        self._header = header
        self._keys = keys
        self._places = match_names([column.original for column in columns], header)
        self.missing = [
            column for column, place in zip(columns, self._places, strict=True) if place is None
        ]
        self._check_columns({*keys, replication_key})
        known = {place for place in self._places if place is not None}
        self._new = [
            (column.original, place)
            for place, column in enumerate(build_columns(header))
            if place not in known
        ]
        self.new_names = [name for name, _ in self._new]
        self._keeps_new = keeps_new
        self._converters = self._find_converters()
        self.row_filter: IncrementalFilter | None = None
        self.repeated_keys = 0

    def check(self, rows: Iterator[Row]) -> None:
        """Read all rows as `map_rows` does, and count those whose keys are not their own."""
        places = [
            place
            for column, place in zip(self._columns, self._places, strict=True)
            if place is not None and column.name in self._keys
        ]
        checked: Iterator[Any] = rows
        if places:
            checked = self._count_repeated(itemgetter(*places), rows)
        if self._converters or self.row_filter is not None:
            checked = self.map_rows(checked, 0, "")
        deque(checked, maxlen=0)

    def map_rows(self, rows: Iterator[Row], report_id: int, time: str) -> Iterator[tuple[Any, ...]]:
        """Return the values of the rows that are wanted.

        They are report, row number and time, those of the columns, and new cells if they are kept.

        Raises:
            ReportError: A cell does not fit its column's type, or a key has none.
            IncompleteReportError: The file lacks its end.
        """
        values = self._convert_rows(rows, report_id, time)
        return values if self.row_filter is None else self.row_filter.filter(values)

    def _convert_rows(
        self, rows: Iterator[Row], report_id: int, time: str
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the values of all rows."""
        converters = self._converters
        select = self._build_selector()
        place = 0
        for number, row in enumerate(rows, start=1):
            try:
                for place, convert in converters:
                    row[place] = convert(row[place])
            except ValueError:
                raise ReportError(self._describe_cell(number, row, place)) from None
            yield (report_id, number, time, *select(row))

    def _check_columns(self, needed: Collection[str | None]) -> None:
        if self._columns and len(self.missing) == len(self._columns):
            raise ReportError(
                "none of the report's columns is there. Its first line is written like "
                f"{truncate(', '.join(map(mask_value, self._header)))}. Check 'delimiter' and "
                "'report_id', or run discovery again if the saved report was changed altogether."
            )
        for column in self.missing:
            if column.name in needed:
                raise ReportError(
                    f"the column {column.original!r} is missing, which is the report's key or "
                    f"replication key. The columns are: {', '.join(map(repr, self._header))}. Put "
                    "it back into the saved report, or change the settings."
                )

    def _count_repeated(self, get_key: Callable[[Row], Any], rows: Iterator[Row]) -> Iterator[Row]:
        seen: set[int] = set()
        while len(seen) < MAX_KEYS and (batch := list(islice(rows, BATCH_ROWS))):
            before = len(seen)
            seen.update(map(hash, map(get_key, batch)))
            self.repeated_keys += before + len(batch) - len(seen)
            yield from batch
        yield from rows

    def _build_selector(self) -> Callable[[Row], Sequence[Any]]:
        if self._places == list(range(len(self._header))) and not self._keeps_new:
            return list
        wanted = [MISSING if place is None else place for place in self._places]
        # With one place alone, itemgetter would return the cell instead of a tuple of it.
        get = itemgetter(*wanted, MISSING, MISSING)
        if not self._keeps_new:
            return lambda row: get([*row, None])[:-2]
        return lambda row: (
            *get([*row, None])[:-2],
            {name: row[place] for name, place in self._new} or None,
        )

    def _find_converters(self) -> list[tuple[int, Callable[[str], Any]]]:
        converters = []
        for column, place in zip(self._columns, self._places, strict=True):
            convert = column.type.compile_converter()
            if place is None or convert is None:
                continue
            if column.name not in self._keys:
                convert = _allow_empty(convert)
            converters.append((place, convert))
        return converters

    def _describe_cell(self, number: int, row: Row, place: int) -> str:
        column = self._columns[self._places.index(place)]
        written = f", format {column.type.format!r}" if column.type.format else ""
        cell = mask_value(row[place]) if row[place] else "empty"
        return (
            f"row {number}, column {column.original!r}: a cell written like {cell} is no "
            f"{column.type.kind}{written}. Set the column's type or format in 'columns', or make "
            "it a 'string'."
        )


def _allow_empty(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a converter that makes null of empty cells."""
    return lambda cell: convert(cell) if cell else None
