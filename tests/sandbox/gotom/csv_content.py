"""Rows as CSV, in any way that a report may be written."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Dialect:
    """How cells become bytes.

    Attributes:
        delimiter: What stands between cells.
        quote: The quote character.
        quotes_all: Whether cells that do not need quotes have them as well.
        line_end: What ends a row.
        encoding: The encoding.
        has_bom: Whether the file begins with the mark of UTF-8.
    """

    delimiter: str = ","
    quote: str = '"'
    quotes_all: bool = True
    line_end: str = "\n"
    encoding: str = "utf-8"
    has_bom: bool = False

    def encode_row(self, cells: Iterable[str]) -> bytes:
        """Return one row, line end included."""
        text = self.delimiter.join(map(self._write_cell, cells)) + self.line_end
        return text.encode(self.encoding)

    def _write_cell(self, text: str) -> str:
        special = (self.delimiter, self.quote, "\n", "\r")
        if not self.quotes_all and not any(character in text for character in special):
            return text
        return self.quote + text.replace(self.quote, self.quote * 2) + self.quote


PLAIN = Dialect()
"""The one of goTom's API documentation."""


def encode(header: Sequence[str], rows: Iterable[Sequence[str]], dialect: Dialect = PLAIN) -> bytes:
    """Return a whole file."""
    start = codecs.BOM_UTF8 if dialect.has_bom else b""
    return start + b"".join(map(dialect.encode_row, (header, *rows)))
