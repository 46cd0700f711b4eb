"""Read the CSV files of reports, strictly.

goTom's API documentation shows no more of the format than that cells are quoted and separated by
commas, so the settings describe what a report is really like.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final

from tap_gotom.reports import TAB, IncompleteReportError, ReportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_gotom.reports import Report

MAX_CELL: Final = 1 << 24
BYTE_ORDER_MARK: Final = "\ufeff"
ENDS_EARLY: Final = re.compile("unexpected end of data|truncated data|incomplete multibyte")
"""What the CSV reader and the decoders say of a file that is cut off."""
END_BYTES: Final = 8
"""Bytes at either end of a file that show how cells are quoted, in any encoding."""
SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>.)"?\r?\n?')
"""A line for spreadsheet programs, which is no part of the data."""
OTHER_DELIMITERS: Final = frozenset(",;\t|")
ODD_DELIMITERS: Final = frozenset("^~¦§#:!\x01\x02\x1c\x1d\x1e\x1f")
"""Characters that stand between cells so rarely that the header alone does not prove them."""

Row = list[str]


class ReportReader:
    """A reader of a report's file, once and record by record; records can hold line breaks.

    Attributes:
        header: The names of the columns, none if the file is empty.
    """

    def __init__(self, report: Report, body: BinaryIO) -> None:
        """Read the header.

        Args:
            report: How the file is written.
            body: The file, which stays open.

        Raises:
            ReportError: The header cannot be read.
        """
        csv.field_size_limit(MAX_CELL)
        self._report = report
        self._body = body
        self._quotes_header = False
        self._records = self._read_records()
        self.header = next(self._records, [])

    def read_rows(self) -> Iterator[Row]:
        """Yield all records but the header; empty lines are none.

        Raises:
            ReportError: The file is not as the settings say.
            IncompleteReportError: The file ends in the middle of a record.
        """
        width = len(self.header)
        number = 0
        for number, row in enumerate(self._records, start=1):
            if len(row) != width:
                is_last = next(self._records, None) is None
                raise self._build_width_error(number, row, width, is_last=is_last)
            yield row
        if self._ends_open():
            raise IncompleteReportError(
                f"{self._report}, row {number}: the file is cut off before the last cell."
            )

    def require_delimiter(self) -> None:
        """Check that the header is not all in one cell because the delimiter is another one.

        Raises:
            ReportError: It seems to be.
        """
        others = OTHER_DELIMITERS - {self._report.delimiter}
        if len(self.header) == 1 and (found := others.intersection(self.header[0])):
            raise ReportError(
                f"{self._report} has a single column, whose name holds {min(found)!r}: set "
                "'delimiter' to that, or name the column in 'columns' if it is one."
            )

    def require_cells_without_delimiters(self, rows: Sequence[Row]) -> None:
        """Check that lines are not split at commas in names and numbers, as German ones are.

        Raises:
            ReportError: The header and all rows hold a semicolon or a tab equally often, or, if
                there is but one column, any other character that may stand between cells.
        """
        if self._quotes_header or not rows:
            return
        odd = ODD_DELIMITERS if len(self.header) == 1 else frozenset[str]()
        for other in {";", TAB, *odd} - {self._report.delimiter}:
            counts = {sum(cell.count(other) for cell in row) for row in (self.header, *rows)}
            if len(counts) == 1 and counts != {0}:
                raise ReportError(
                    f"{self._report} has {other!r} equally often in its header and each of its "
                    "first rows: set 'delimiter' to that, or name the columns in 'columns'."
                )

    def _ends_open(self) -> bool:
        """Return whether the file ends where a cell in quotes should begin.

        Where not all cells have quotes, it may be an empty cell.
        """
        end = self._read_end()
        self._body.seek(0)
        quote = self._report.quotechar.encode()
        has_quotes = bool(quote) and quote in self._body.read(END_BYTES)
        return has_quotes and end.endswith(self._report.delimiter.encode())

    def _read_end(self) -> bytes:
        """Return the last bytes, of UTF-16 only those of ASCII."""
        size = self._body.seek(0, io.SEEK_END)
        self._body.seek(max(0, size - END_BYTES))
        return self._body.read().replace(b"\0", b"")

    def _build_width_error(self, number: int, row: Row, width: int, *, is_last: bool) -> Exception:
        found = f"{self._report}, row {number}: {len(row)} cells instead of {width}"
        if is_last and len(row) < width and not self._read_end().endswith((b"\n", b"\r")):
            return IncompleteReportError(f"{found}; the file seems to be cut off there.")
        return ReportError(
            f"{found}. Check 'delimiter' and 'quotechar', and that the report has neither a title "
            "nor a line of totals."
        )

    def _read_records(self) -> Iterator[Row]:
        text = io.TextIOWrapper(self._body, self._report.encoding, newline="")
        number = -1
        try:
            for number, row in enumerate(filter(None, self._open_csv(text))):  # noqa: B007
                yield row
        except (csv.Error, UnicodeError) as error:
            raise self._build_format_error(number + 1, error) from error
        finally:
            if not text.closed:
                text.detach()

    def _open_csv(self, text: io.TextIOWrapper) -> Iterator[Row]:
        """Return a CSV reader behind what may stand before the header."""
        first = next(text, "").removeprefix(BYTE_ORDER_MARK)
        if separator := SEPARATOR_LINE.fullmatch(first):
            self._check_separator(separator["delimiter"])
            first = next(text, "")
        quotechar = self._report.quotechar
        self._quotes_header = bool(quotechar) and quotechar in first
        lines: Iterator[str] = chain([first], text)
        if self._report.is_wide:
            lines = (line.replace("\0", "\ufffd") for line in lines)
        return csv.reader(
            lines,
            strict=True,
            delimiter=self._report.delimiter,
            quotechar=quotechar or None,
            quoting=csv.QUOTE_MINIMAL if quotechar else csv.QUOTE_NONE,
        )

    def _check_separator(self, delimiter: str) -> None:
        if delimiter != self._report.delimiter:
            raise ReportError(
                f"{self._report} says in its first line that its cells are separated by "
                f"{delimiter!r}: set 'delimiter' to that."
            )

    def _build_format_error(self, number: int, error: Exception) -> Exception:
        """Return the error about a record; number 0 is the header."""
        place = f"{self._report}, row {number}"
        if ENDS_EARLY.search(str(error)):
            return IncompleteReportError(f"{place}: the file is cut off there ({error}).")
        if isinstance(error, UnicodeError):
            return ReportError(
                f"{place} or soon after: the file is not in {self._report.encoding!r}. Set "
                "'encoding', for instance to 'windows-1252'."
            )
        return ReportError(
            f"{place}: {error}. Check 'delimiter' and 'quotechar', and whether the report's file "
            "opens well elsewhere."
        )
