"""What lies in the DuckDB file that a demonstration loads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

Tables: TypeAlias = "dict[str, Counter[tuple[Any, ...]]]"
"""The rows of each table."""

ROWS = "select columns(lambda name: not starts_with(name, '_sdc_')) from {}.{}"
TABLES = "select table_name from information_schema.tables where table_schema = ? order by all"


@dataclass(frozen=True)
class Difference:
    """How a table has changed from one run to the next.

    Attributes:
        new: How many rows more it has.
        changed: How many rows have other values than before.
    """

    new: int
    changed: int


def read(path: Path, schema: str) -> Tables:
    """Read all tables of a schema, without the time when a row was loaded."""
    with duckdb.connect(path, read_only=True) as database:
        names = [name for (name,) in database.execute(TABLES, [schema]).fetchall()]
        return {
            name: Counter(database.execute(ROWS.format(schema, name)).fetchall()) for name in names
        }


def compare(before: Counter[tuple[Any, ...]], after: Counter[tuple[Any, ...]]) -> Difference:
    """Compare a table with what it was."""
    new = after.total() - before.total()
    return Difference(new, (after - before).total() - new)
