"""Rows as CSV, in any way that a report may be written."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def encode_csv(rows: Iterable[Sequence[str]], encoding: str = "utf-8", **written: Any) -> bytes:
    """Return rows, with all cells in quotes as in goTom's API documentation.

    Args:
        rows: The header and the rows.
        encoding: The encoding.
        written: What is written otherwise, as `csv.writer` takes it.
    """
    text = io.StringIO(newline="")
    usual = {"quoting": csv.QUOTE_ALL, "lineterminator": "\n"}
    csv.writer(text, **{**usual, **written}).writerows(rows)
    return text.getvalue().encode(encoding)
