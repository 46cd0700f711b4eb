"""Saved reports, and how they are sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.sandbox.gotom.csv_content import encode_csv
from tests.sandbox.gotom.generated_csv import GeneratedCsv

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

Kind = Literal["graph", "custom"]
"""The two kinds of reports; each is downloaded at an address of its own."""

_PIECE = 256 * 1024


@dataclass(frozen=True)
class Report:
    """One saved report."""

    content: bytes | GeneratedCsv

    @classmethod
    def of_rows(cls, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Report:
        """Return a report of these rows."""
        return cls(encode_csv([header, *rows]))

    @classmethod
    def of_size(cls, size: int) -> Report:
        """Return a report of so many bytes or up to one row more, made while it is sent."""
        return cls(GeneratedCsv.of_size(size))

    def pieces(self) -> Iterator[bytes]:
        """Yield the report, piece by piece."""
        if isinstance(self.content, GeneratedCsv):
            return self.content.pieces()
        starts = range(0, len(self.content), _PIECE)
        return (self.content[start : start + _PIECE] for start in starts)

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield the pieces, with a turn for other requests after each."""
        for piece in self.pieces():
            yield piece
            await asyncio.sleep(0)
