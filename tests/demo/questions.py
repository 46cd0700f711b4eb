"""Questions that the data answer, each a query in ``docs/questions``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER = REPOSITORY / "docs" / "questions"

DECIMALS = 6
"""So many are the same in all databases."""

Cell: TypeAlias = "str | int | float"
Rows: TypeAlias = "list[tuple[Cell, ...]]"


@dataclass(frozen=True)
class Question:
    """A question that one query answers, in DuckDB and in PostgreSQL.

    Attributes:
        path: The file of the query.
    """

    path: Path

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.stem

    @property
    def sql(self) -> str:
        """The query, which begins with the question as a comment."""
        return self.path.read_text(encoding="utf-8")

    @property
    def text(self) -> str:
        """The question."""
        return self.sql.partition("\n")[0].removeprefix("-- ")

    @property
    def picture(self) -> Path:
        """The file with the chart of its answer."""
        return self.path.with_suffix(".svg")


@dataclass(frozen=True)
class Answer:
    """What a query has found.

    Attributes:
        columns: The names of its columns.
        rows: Its rows.
    """

    columns: Sequence[str]
    rows: Rows

    @classmethod
    def of_cursor(cls, cursor: Cursor) -> Answer:
        """Fetch an answer, with days as texts, and rounded numbers."""
        columns = [str(column[0]) for column in cursor.description or ()]
        return cls(columns, [tuple(map(_plain, row)) for row in cursor.fetchall()])

    @property
    def parts(self) -> list[tuple[Cell, ...]]:
        """What stands between the first and the last column, each once."""
        return list(dict.fromkeys(row[1:-1] for row in self.rows))

    @property
    def first(self) -> str:
        """The first row, in words."""
        (*names, value), unit = self.rows[0], self.columns[-1].replace("_", " ")
        shown = f"{value:,.0f}" if isinstance(value, float) else f"{value:,}"
        return f"{', '.join(map(str, names))}: {shown} {unit}"


class Cursor(Protocol):
    """What a database driver returns of a query."""

    @property
    def description(self) -> Sequence[Any] | None:
        """The columns, each with its name first."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""


def questions_of(tap: str) -> list[Question]:
    """Return the questions to the data of a tap."""
    return [Question(path) for path in sorted((FOLDER / tap).glob("*.sql"))]


def _plain(value: Any) -> Cell:
    match value:
        case date():
            return value.isoformat()
        case Decimal() | float():
            return round(float(value), DECIMALS)
        case str() | int():
            return value
    raise ValueError(f"an answer has a value of type {type(value).__name__}")
