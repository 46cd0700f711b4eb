"""The database that is loaded, and what loads it.

Of the loaders in ``meltano.yml`` target-postgres is the one that keeps its word under a kill. It
loads a batch in one transaction, replaces whole tables by their version, and confirms a state only
when all rows before it are written. target-duckdb knows no versions, and when one stream has filled
a batch, it confirms with it what the first state says of other streams, whose rows still wait.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.errors import UndefinedTable
from psycopg.rows import dict_row

from tests.meltano import Project

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from tests.pipelines.postgresql import Database
    from tests.services.source import Row, Tables

TARGET = "target-postgres"
SCHEMA = "chaos"
PROGRAM = Path(__file__).with_name("eager_postgres.py")
SHOWN = 3


def install_target(directory: Path) -> Path:
    """Install the target in an empty directory as users do, and return the Python that has it."""
    Project(directory).install(TARGET)
    return find_target_python(directory)


def find_target_python(directory: Path) -> Path:
    """Return the Python that has the target, in the project of a directory."""
    return directory / ".meltano/loaders" / TARGET / "venv/bin/python"


class Warehouse:
    """One database, and how it is loaded."""

    def __init__(self, database: Database, python: Path) -> None:
        """Load a database by the Python that has the target installed."""
        self._database = database
        self._python = python

    def prepare_command(self, directory: Path) -> list[str]:
        """Write the target's settings into a directory, and give its command."""
        settings = {
            **self._database.parts,
            "port": self._database.port,
            "default_target_schema": SCHEMA,
        }
        path = directory / "target.json"
        path.write_text(json.dumps(settings), encoding="utf-8")
        return [str(self._python), str(PROGRAM), "--config", str(path)]

    def find_differences(self, expected: Tables) -> list[str]:
        """Compare tables with what they ought to hold.

        Returns:
            A sentence for each table that holds anything else.
        """
        found = (
            _describe_difference(name, self._read(name), rows) for name, rows in expected.items()
        )
        return [sentence for sentence in found if sentence]

    def _read(self, table: str) -> Sequence[Row]:
        """Read the rows that are not marked as deleted; none if there is no table."""
        query = sql.SQL("select * from {} where _sdc_deleted_at is null")
        with psycopg.connect(self._database.address, row_factory=dict_row) as connection:
            try:
                name = sql.Identifier(SCHEMA, table)
                return connection.execute(query.format(name)).fetchall()
            except UndefinedTable:
                return []


def _describe_difference(table: str, found: Sequence[Row], expected: Sequence[Row]) -> str:
    names = sorted(expected[0]) if expected else []
    have, want = count_rows(found, names), count_rows(expected, names)
    if have == want:
        return ""
    missing, too_many = want - have, have - want
    return (
        f"{table} has {have.total()} rows instead of {want.total()}; "
        f"{missing.total()} are missing, such as {list(missing)[:SHOWN]}, "
        f"and {too_many.total()} are too many, such as {list(too_many)[:SHOWN]}."
    )


def count_rows(rows: Iterable[Row], names: Iterable[str]) -> Counter[tuple[Hashable, ...]]:
    """Count equal rows, such that 1, True and "1" differ, by some of their columns."""
    return Counter(tuple((name, _make_comparable(row[name])) for name in names) for row in rows)


def _make_comparable(value: Any) -> Hashable:
    """Distinguish 1, True and "1", and take moments without a zone for UTC, as the target does."""
    match value:
        case datetime(tzinfo=None):
            value = value.replace(tzinfo=UTC)
        case list() | dict():
            value = json.dumps(value, sort_keys=True)
    return type(value).__name__, value
