"""How the tables of a tap join, as ``docs/data/relations.yaml`` declares it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

FOLDER = REPOSITORY / "docs" / "data"
EVERY_TABLE = "*"


@dataclass(frozen=True)
class End:
    """One side of a join.

    Attributes:
        table: The table.
        columns: Its columns, each a path into a record such as ``flightTags[].id``.
    """

    table: str
    columns: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> End:
        """Parse ``table.column,column``."""
        table, _, columns = text.strip().partition(".")
        return cls(table, tuple(columns.split(",")))


@dataclass(frozen=True)
class Join:
    """Columns by which each row of a table leads to a row of another one.

    Attributes:
        source: Where the rows are.
        target: Where they lead.
        is_complete: Whether there always is such a row.
        is_drawn: Whether the picture shows it.
    """

    source: End
    target: End
    is_complete: bool
    is_drawn: bool

    @property
    def ends(self) -> tuple[End, End]:
        """Both sides."""
        return self.source, self.target


@dataclass(frozen=True)
class Relations:
    """What is declared of a tap.

    Attributes:
        joins: Its joins, one table after the other.
        notes: What to know about them.
    """

    joins: tuple[Join, ...]
    notes: tuple[str, ...]

    def select(self, table: str) -> list[Join]:
        """Return the joins that lead from a table to others."""
        return [join for join in self.joins if join.source.table == table]


def read_relations(tap: str, columns: Mapping[str, Collection[str]]) -> Relations:
    """Return what is declared of a tap.

    Args:
        tap: Its name.
        columns: The columns of each table at any depth, which say what ``*`` stands for.
    """
    declared = _read_declarations()[tap]
    everywhere = [declared["everywhere"]] if "everywhere" in declared else []
    joins = [
        *(join for text in declared["joins"] for join in _expand(text, columns, is_drawn=True)),
        *(join for text in everywhere for join in _expand(text, columns, is_drawn=False)),
    ]
    return Relations(tuple(joins), tuple(note.strip() for note in declared["notes"]))


@cache
def _read_declarations() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(
        (FOLDER / "relations.yaml").read_text(encoding="utf-8")
    )
    return declared


def _expand(text: str, columns: Mapping[str, Collection[str]], *, is_drawn: bool) -> Iterator[Join]:
    left, arrow, right = re.split("([-~]>)", text)
    source, target = End.parse(left), End.parse(right)
    joined = [source.table]
    if source.table == EVERY_TABLE:
        joined = [
            table
            for table, known in columns.items()
            if table != target.table and set(source.columns) <= set(known)
        ]
    for table in joined:
        yield Join(End(table, source.columns), target, arrow == "->", is_drawn)
