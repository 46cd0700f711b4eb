"""Saved reports, and the ways in which their download may go."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from tests.sandbox.gotom.csv_content import PLAIN, Dialect, encode
from tests.sandbox.gotom.generated_csv import GeneratedCsv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Kind = Literal["graph", "custom"]
"""The two kinds of reports; each is downloaded at an address of its own."""

CSV = "text/csv;charset=utf-8"

_PIECE = 256 * 1024


class Ending(enum.Enum):
    """How a transfer ends before the report does."""

    CLOSED = "closed"
    """The connection is closed, so that the client can see that something is missing."""
    RESET = "reset"
    """The connection is reset."""
    ORDERLY = "orderly"
    """As if the report were complete, like after a program that died behind a proxy."""


@dataclass(frozen=True)
class Report:
    """One saved report and how its download goes."""

    content: bytes | GeneratedCsv = b""
    status: int = HTTPStatus.OK
    content_type: str | None = CSV
    headers: Mapping[str, str] = field(default_factory=dict)
    declares_length: bool = False
    """Whether there is a ``Content-Length``; otherwise the transfer is chunked."""
    delay: float = 0.0
    """Seconds until the first byte, as when the report has to be computed."""
    ends_after: int | None = None
    """Number of bytes after which the transfer ends; None sends everything."""
    ending: Ending = Ending.CLOSED

    @classmethod
    def of_rows(
        cls, header: Sequence[str], rows: Iterable[Sequence[str]], dialect: Dialect = PLAIN
    ) -> Report:
        """A report of these rows."""
        return cls(encode(header, rows, dialect))

    @classmethod
    def of_size(cls, size: int) -> Report:
        """A report of so many bytes or up to one row more, made while it is sent."""
        return cls(GeneratedCsv.of_size(size))

    @classmethod
    def of_page(cls, headline: str, status: int = HTTPStatus.OK) -> Report:
        """A page in place of the report, as a proxy or a login puts one."""
        page = f"<!DOCTYPE html><html><head><title>{headline}</title></head></html>"
        return cls(page.encode(), status, "text/html; charset=UTF-8")

    @classmethod
    def of_redirect(cls, location: str, status: int = HTTPStatus.FOUND) -> Report:
        """A redirect in place of the report."""
        return cls(status=status, content_type="text/html", headers={"Location": location})

    @property
    def size(self) -> int:
        """The number of bytes of the whole report."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    def pieces(self) -> Iterator[bytes]:
        """What is sent of the report, piece by piece."""
        left = self.size if self.ends_after is None else self.ends_after
        for piece in self._all_pieces():
            if left <= 0:
                return
            yield piece[:left]
            left -= len(piece)

    def _all_pieces(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            starts = range(0, len(self.content), _PIECE)
            return (self.content[start : start + _PIECE] for start in starts)
        return self.content.pieces()
