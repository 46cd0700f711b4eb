"""Questions that the data answer, each a query in ``docs/questions``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER = REPOSITORY / "docs" / "questions"

INTRODUCTION = """\
The answers are those of `make demo`, whose data are invented. The queries run in DuckDB and in \
PostgreSQL, and leave out the schema. The [data dictionary](../data/{tap}.md) says how to set it \
once, and what the tables hold."""
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
    def digest(self) -> str:
        """A hash that shows whether a picture is that of this query."""
        return sha256(self.sql.encode()).hexdigest()

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
    def fetch(cls, cursor: Cursor) -> Answer:
        """Fetch an answer, with days as texts, and rounded numbers."""
        columns = [str(column[0]) for column in cursor.description or ()]
        return cls(columns, [tuple(map(_convert_cell, row)) for row in cursor.fetchall()])

    @property
    def parts(self) -> list[tuple[Cell, ...]]:
        """What stands between the first and the last column, each once."""
        return list(dict.fromkeys(row[1:-1] for row in self.rows))

    @property
    def first(self) -> str:
        """The first row, in words."""
        *names, value = self.rows[0]
        shown = f"{value:,.0f}" if isinstance(value, float) else f"{value:,}"
        return f"{', '.join(map(str, names))}: {shown} {format_label(self.columns[-1])}"


class Cursor(Protocol):
    """What a database driver returns of a query."""

    @property
    def description(self) -> Sequence[Any] | None:
        """The columns, each with its name first."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""


def list_questions(tap: str) -> list[Question]:
    """Return the questions to the data of a tap."""
    return [Question(path) for path in sorted((FOLDER / tap).glob("*.sql"))]


def format_label(column: str) -> str:
    """Return the name of a column in words, with its unit in brackets."""
    return column.replace("_chf", " (CHF)").replace("_percent", " (%)").replace("_", " ")


def find_page(tap: str) -> Path:
    """Return where the page with the questions to a tap's data lies."""
    return FOLDER / f"{tap}.md"


def write_page(tap: str) -> str:
    """Return that page: each question with its query and its chart."""
    parts = [f"# Questions to the data of {tap}", INTRODUCTION.format(tap=tap)]
    for question in list_questions(tap):
        _, _, query = question.sql.partition("\n")
        file = question.path.relative_to(FOLDER)
        parts += [
            f"## {question.text}",
            f"![The answer as a chart]({file.with_suffix('.svg')})",
            f"[{file.name}]({file}):",
            f"```sql\n{query.strip()}\n```",
        ]
    return "\n\n".join(parts) + "\n"


def _convert_cell(value: Any) -> Cell:
    match value:
        case date():
            return value.isoformat()
        case Decimal() | float():
            return round(float(value), DECIMALS)
        case str() | int():
            return value
    raise ValueError(f"an answer has a value of type {type(value).__name__}")
