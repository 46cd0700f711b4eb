"""Rows as CSV, in whatever way a report may be written."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Dialect:
    """How cells become bytes."""

    delimiter: str = ","
    quote: str = '"'
    quotes_all: bool = True
    """Whether cells that do not need quotes have them as well."""
    line_end: str = "\n"
    encoding: str = "utf-8"
    has_bom: bool = False
    """Whether the file begins with the mark of UTF-8."""

    def row(self, cells: Iterable[str]) -> bytes:
        """One row, line end included."""
        text = self.delimiter.join(map(self._cell, cells)) + self.line_end
        return text.encode(self.encoding)

    @property
    def start(self) -> bytes:
        """What comes before the header."""
        return codecs.BOM_UTF8 if self.has_bom else b""

    def _cell(self, text: str) -> str:
        special = (self.delimiter, self.quote, "\n", "\r")
        if not self.quotes_all and not any(character in text for character in special):
            return text
        return self.quote + text.replace(self.quote, self.quote * 2) + self.quote


PLAIN = Dialect()
"""The one of goTom's API documentation."""


def encode(header: Sequence[str], rows: Iterable[Sequence[str]], dialect: Dialect = PLAIN) -> bytes:
    """A whole file."""
    return dialect.start + b"".join(map(dialect.row, (header, *rows)))
