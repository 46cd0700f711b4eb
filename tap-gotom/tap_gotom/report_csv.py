"""Read the CSV files of reports, strictly.

goTom's API documentation shows no more of the format than that cells are quoted and separated by
commas, so the settings say what a report is really like.
"""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from singer_sdk.exceptions import RetriableAPIError

from tap_gotom.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_gotom.reports import Report

LONGEST_CELL = 1 << 24
MARK = "\ufeff"
WITH_MARK = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig"}
ENDS_EARLY = "unexpected end of data"
"""What both the CSV reader and the decoder say of a file that is cut off."""
ENOUGH = 8
"""Bytes at either end of a file that tell how cells are quoted, in any encoding."""

Row = list[str]


class ReportFile:
    """The file of a report, read record by record; records can hold line breaks."""

    def __init__(self, report: Report, body: BinaryIO) -> None:
        """Read a file from where it stands.

        Args:
            report: How it is written.
            body: The file, which stays open.
        """
        csv.field_size_limit(LONGEST_CELL)
        self._report = report
        self._body = body

    def header(self) -> Row:
        """Read the names of the columns, none if the file is empty.

        Raises:
            ReportError: They cannot be read.
        """
        return next(self._records(), [])

    def rows(self) -> Iterator[Row]:
        """Read all records but the header; empty lines are none.

        Raises:
            ReportError: The file is not as the settings say.
            RetriableAPIError: The file ends in the middle of a record.
        """
        records = self._records()
        next(records, None)
        return records

    def check(self) -> int:
        """Read the whole file to see that it is complete, and give its number of rows.

        Raises:
            ReportError: A row has too few or too many cells.
            RetriableAPIError: It is the last one that has too few, or is cut off.
        """
        records = self._records()
        width = len(next(records, []))
        number = 0
        for number, row in enumerate(records, start=1):
            if len(row) != width:
                self._raise_width(number, row, width, is_last=next(records, None) is None)
        if self._ends_open():
            raise RetriableAPIError(
                f"{self._report}, row {number}: the file is cut off before the last cell."
            )
        return number

    def _ends_open(self) -> bool:
        """Tell whether the file ends where a cell in quotes should begin, if all cells have them.

        Otherwise it may be an empty cell without quotes.
        """
        end = self._end()
        self._body.seek(0)
        quote = self._report.quotechar.encode()
        has_quotes = bool(quote) and quote in self._body.read(ENOUGH)
        return has_quotes and end.endswith(self._report.delimiter.encode())

    def _end(self) -> bytes:
        """Give the last bytes, of UTF-16 only those of ASCII."""
        size = self._body.seek(0, io.SEEK_END)
        self._body.seek(max(0, size - ENOUGH))
        return self._body.read().replace(b"\0", b"")

    def _raise_width(self, number: int, row: Row, width: int, *, is_last: bool) -> None:
        found = f"{self._report}, row {number}: {len(row)} cells instead of {width}"
        if is_last and len(row) < width and not self._end().endswith((b"\n", b"\r")):
            raise RetriableAPIError(f"{found}; the file seems to be cut off there.")
        raise ReportError(
            f"{found}. Check 'delimiter' and 'quotechar', and that the report has neither a title "
            "nor a line of totals."
        )

    def _records(self) -> Iterator[Row]:
        encoding = WITH_MARK.get(self._report.encoding.lower(), self._report.encoding)
        text = io.TextIOWrapper(self._body, encoding, newline="")
        number = -1
        try:
            reader = self._reader(text)
            for number, row in enumerate(filter(None, reader)):  # noqa: B007
                yield row
        except (csv.Error, UnicodeError) as error:
            raise self._fault(number + 1, error) from error
        finally:
            if not text.closed:
                text.detach()

    def _reader(self, text: io.TextIOWrapper) -> Iterator[Row]:
        """Read CSV from text, without the mark that may stand before it in any Unicode."""
        lines = chain([next(text, "").removeprefix(MARK)], text)
        quotechar = self._report.quotechar
        return csv.reader(
            lines,
            strict=True,
            delimiter=self._report.delimiter,
            quotechar=quotechar or None,
            quoting=csv.QUOTE_MINIMAL if quotechar else csv.QUOTE_NONE,
        )

    def _fault(self, number: int, error: Exception) -> Exception:
        """Make the error about a record; number 0 is the header."""
        place = f"{self._report}, row {number}"
        if ENDS_EARLY in str(error):
            return RetriableAPIError(f"{place}: the file is cut off there ({error}).")
        if isinstance(error, UnicodeError):
            return ReportError(
                f"{place} or soon after: the file is not in {self._report.encoding!r}. Set "
                "'encoding', for instance to 'windows-1252'."
            )
        return ReportError(
            f"{place}: {error}. Check 'delimiter' and 'quotechar', and whether the report's file "
            "opens well elsewhere."
        )
