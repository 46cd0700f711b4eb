"""The places that are loaded, all read alike."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from typing_extensions import override

from tests.demo.questions import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tests.pipelines.postgresql import Database
    from tests.pipelines.visits import Row


class Warehouse(ABC):
    """A place to load.

    Attributes:
        target: The plugin that loads it.
        replaces_tables: Whether the plugin can replace a table, which rows without a key need.
        settings: The environment variables by which the plugin finds it.
        schema: Where its tables are, named after the tap.
    """

    target: ClassVar[str]
    replaces_tables: ClassVar[bool] = False
    settings: Mapping[str, str]
    schema = "tap_goatcounter"

    def read_rows(self, stream: str) -> list[Row]:
        """Read a table: moments, days and lists as such, and empty texts as nulls."""
        return [
            {name: _convert_value(name, row[name]) for name in row} for row in self.read(stream)
        ]

    @abstractmethod
    def read(self, stream: str) -> Iterable[Row]:
        """Read a table as it is."""

    @abstractmethod
    def drop(self, stream: str) -> None:
        """Remove a table."""

    def convert(self, value: Any) -> Any:
        """Return what the target makes of a value; by itself, it keeps it."""
        return value


class DuckDb(Warehouse):
    """A file of DuckDB."""

    target = "target-duckdb"

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self._path = path
        self.settings = {"TARGET_DUCKDB_PATH": str(path)}

    @override
    def read(self, stream: str) -> Iterator[Row]:
        with duckdb.connect(self._path, read_only=True) as database:
            table = database.table(f"{self.schema}.{stream}")
            for row in table.fetchall():
                yield {
                    name: json.loads(value) if value and kind == "JSON" else value
                    for name, kind, value in zip(table.columns, table.types, row, strict=True)
                }

    def list_tables(self, schema: str) -> set[str]:
        """Return the names of all tables in a schema."""
        query = "select table_name from duckdb_tables() where schema_name = ?"
        with duckdb.connect(self._path, read_only=True) as database:
            return {name for (name,) in database.execute(query, [schema]).fetchall()}

    def ask(self, query: str, schema: str) -> Answer:
        """Run a query that leaves out the schema."""
        with duckdb.connect(self._path, read_only=True) as database:
            database.execute(f"set schema = '{schema}'")
            return Answer.fetch(database.execute(query))

    @override
    def drop(self, stream: str) -> None:
        with duckdb.connect(self._path) as database:
            database.execute(f"drop table {self.schema}.{stream}")

    @override
    def convert(self, value: Any) -> Any:
        """Return a value without what the target has no column for: days, decimals, empty texts."""
        match value:
            case "":
                return None
            case Decimal():
                return float(value)
            case date() if not isinstance(value, datetime):
                return value.isoformat()
        return value


class JsonLines(Warehouse):
    """A folder of JSON-Lines files, to which each run appends."""

    target = "target-jsonl"

    def __init__(self, directory: Path) -> None:
        """Name the folder."""
        self._directory = directory
        self.settings = {"TARGET_JSONL_DESTINATION_PATH": str(directory)}

    @override
    def read(self, stream: str) -> Iterator[Row]:
        """Read the last version of each row."""
        keys = KEYS[stream]
        with self._find_file(stream).open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        yield from {tuple(row[key] for key in keys): row for row in rows}.values()

    @override
    def drop(self, stream: str) -> None:
        self._find_file(stream).unlink()

    def _find_file(self, stream: str) -> Path:
        return self._directory / f"{stream}.jsonl"


class PostgreSql(Warehouse):
    """A database of PostgreSQL, as the environment `dev` loads it."""

    target = "target-postgres"
    replaces_tables = True

    def __init__(self, database: Database) -> None:
        """Name the database."""
        self._database = database
        self.settings = {
            f"TARGET_POSTGRES_{name.upper()}": value for name, value in database.parts.items()
        }

    @override
    def read(self, stream: str) -> list[Row]:
        query = sql.SQL("select * from {}").format(sql.Identifier(f"dev_{self.schema}", stream))
        with psycopg.connect(self._database.address, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    def ask(self, query: str, schema: str) -> Answer:
        """Run a query that leaves out the schema."""
        with psycopg.connect(self._database.address) as connection:
            connection.execute(sql.SQL("set search_path = {}").format(sql.Identifier(schema)))
            return Answer.fetch(connection.execute(query.encode()))

    @override
    def drop(self, stream: str) -> None:
        query = sql.SQL("drop table {}").format(sql.Identifier(f"dev_{self.schema}", stream))
        with psycopg.connect(self._database.address) as connection:
            connection.execute(query)


KEYS = {
    "hits": ("site_id", "export_cursor", "row_number"),
    "path_daily": ("site_id", "path_id", "day"),
    "total_daily": ("site_id", "day"),
    "browsers": ("site_id", "day", "name"),
}
"""The key of each table that is compared."""


def _convert_value(name: str, value: Any) -> Any:
    match value:
        case "":
            return None
        case datetime(tzinfo=None):
            return value.replace(tzinfo=UTC)
        case str() if name == "date":
            return datetime.fromisoformat(value)
        case str() if name == "day":
            return date.fromisoformat(value)
        case str() if name == "hourly":
            return json.loads(value)
    return value
