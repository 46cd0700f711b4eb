"""CSV of any size, made while it is sent.

A block of rows is made once and sent again and again, only the front digits of the rows' numbers
being replaced, which is about as fast as copying.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tests.sandbox.gotom.csv_content import encode_csv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIRST_NUMBER = 100_000_000_000
"""The number of the first row; all numbers have as many digits."""

_BLOCK = 1000
_PLACEHOLDER = "@@@@@@@@@"
"""As long as the digits that change from block to block."""


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
        """Return a file of about so many bytes."""
        return cls(size * _BLOCK // len(_build_block(_BLOCK)))

    def row(self, index: int) -> tuple[str, ...]:
        """Return the cells of a row, the first one being number 0."""
        return (str(_FIRST_NUMBER + index), *_invent_cells(index % _BLOCK))

    def pieces(self) -> Iterator[bytes]:
        """Yield the file, piece by piece."""
        yield encode_csv([self.header])
        block = _build_block(_BLOCK)
        blocks, rest = divmod(self.rows, _BLOCK)
        for number in range(blocks):
            yield _number_rows(block, number)
        yield _number_rows(_build_block(rest), blocks)


def _invent_cells(index: int) -> Sequence[str]:
    """Return what a report of turnover shows beside the number of a row."""
    name = f'Sommer "Seen" {index}' if index % 50 == 0 else f"Frühling {index}, Zürich"
    month = f"2026-{index % 12 + 1:02d}"
    return (name, f"demo-{4711 + index}", month, "Bergzeitung", f"{index * 7.25:.2f}")


def _build_block(rows: int) -> bytes:
    """Return the rows of a block, with placeholders."""
    return encode_csv(
        (f"{_PLACEHOLDER}{index:03d}", *_invent_cells(index)) for index in range(rows)
    )


def _number_rows(block: bytes, number: int) -> bytes:
    digits = str(_FIRST_NUMBER // _BLOCK + number)
    return block.replace(_PLACEHOLDER.encode(), digits.encode())
