"""CSV of any size, made while it is sent.

A block of rows is made once and sent again and again, only the front digits of the rows' numbers
being replaced, which is about as fast as copying.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from tests.sandbox.gotom.csv_content import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIRST_NUMBER = 100_000_000_000
"""The number of the first row; all numbers have as many digits."""

_BLOCK = 1000
_PLACEHOLDER = "@@@@@@@@@"
"""As long as the digits that change from block to block."""


def _cells(index: int) -> Sequence[str]:
    """What a report of turnover shows beside the number of a row."""
    name = f'Sommer "Seen" {index}' if index % 50 == 0 else f"Frühling {index}, Zürich"
    month = f"2026-{index % 12 + 1:02d}"
    return (name, f"demo-{4711 + index}", month, "Bergzeitung", f"{index * 7.25:.2f}")


@dataclass(frozen=True)
class GeneratedCsv:
    """Rows that are numbered and otherwise the same every thousand rows."""

    rows: int
    header: ClassVar = (
        "Buchungsnummer",
        "Kampagne",
        "Externe ID",
        "Monat",
        "Plattform",
        "Umsatz netto",
    )

    @classmethod
    def of_size(cls, size: int) -> GeneratedCsv:
        """A file of the usual columns, of so many bytes or up to one row more."""
        empty = cls(0)
        blocks, rest = divmod(max(0, size - len(empty.head)), len(empty.block))
        rows = blocks * _BLOCK
        while rest > 0:
            rest -= len(PLAIN.row(empty.row(rows)))
            rows += 1
        return cls(rows)

    def row(self, index: int) -> tuple[str, ...]:
        """The cells of a row, the first one being number 0."""
        return (str(_FIRST_NUMBER + index), *_cells(index % _BLOCK))

    @cached_property
    def head(self) -> bytes:
        """Everything before the first row."""
        return PLAIN.row(self.header)

    @cached_property
    def block(self) -> bytes:
        """One thousand rows, with placeholders."""
        return self._template(_BLOCK)

    @cached_property
    def size(self) -> int:
        """The number of bytes."""
        blocks, rest = divmod(self.rows, _BLOCK)
        return len(self.head) + blocks * len(self.block) + len(self._template(rest))

    def pieces(self) -> Iterator[bytes]:
        """The file, piece by piece."""
        yield self.head
        blocks, rest = divmod(self.rows, _BLOCK)
        for number in range(blocks):
            yield self._filled(self.block, number)
        if rest:
            yield self._filled(self._template(rest), blocks)

    def _template(self, rows: int) -> bytes:
        numbered = ((f"{_PLACEHOLDER}{index:03d}", *_cells(index)) for index in range(rows))
        return b"".join(map(PLAIN.row, numbered))

    def _filled(self, block: bytes, number: int) -> bytes:
        digits = str(_FIRST_NUMBER // _BLOCK + number)
        return block.replace(_PLACEHOLDER.encode(), digits.encode())
