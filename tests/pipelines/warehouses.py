"""The places that are loaded, all read alike."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from typing_extensions import override

from tests.demo.questions import Answer
from tests.processes import discover_catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tests.pipelines.postgresql import Database
    from tests.services.source import Row


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
    schema: str

    @abstractmethod
    def read(self, stream: str) -> Iterable[Row]:
        """Read a table as it is."""

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

    def list_tables(self) -> set[str]:
        """Return the names of all tables."""
        query = "select table_name from duckdb_tables() where schema_name = ?"
        with duckdb.connect(self._path, read_only=True) as database:
            return {name for (name,) in database.execute(query, [self.schema]).fetchall()}

    def ask(self, query: str) -> Answer:
        """Run a query that leaves out the schema."""
        with duckdb.connect(self._path, read_only=True) as database:
            database.execute(f"set schema = '{self.schema}'")
            return Answer.fetch(database.execute(query))

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
        catalog = discover_catalog(self.schema.replace("_", "-"))
        (keys,) = (one["key_properties"] for one in catalog["streams"] if one["stream"] == stream)
        with (self._directory / f"{stream}.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        yield from {tuple(row[key] for key in keys): row for row in rows}.values()

    @override
    def convert(self, value: Any) -> Any:
        """Return a value as JSON has it."""
        match value:
            case Decimal():
                return float(value)
            case datetime():
                return value.isoformat().replace("+00:00", "Z")
            case date():
                return value.isoformat()
        return value


class PostgreSql(Warehouse):
    """A database of PostgreSQL, as an environment loads it."""

    target = "target-postgres"
    replaces_tables = True

    def __init__(self, database: Database, prefix: str = "dev_") -> None:
        """Name the database, and what the environment puts before the names of schemas."""
        self._database = database
        self._prefix = prefix
        self.settings = database.settings

    @override
    def read(self, stream: str) -> list[Row]:
        query = sql.SQL("select * from {}").format(self._name(stream))
        with psycopg.connect(self._database.address, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    def ask(self, query: str) -> Answer:
        """Run a query that leaves out the schema."""
        with psycopg.connect(self._database.address) as connection:
            connection.execute(sql.SQL("set search_path = {}").format(self._name()))
            return Answer.fetch(connection.execute(query.encode()))

    def drop(self, stream: str) -> None:
        """Remove a table."""
        with psycopg.connect(self._database.address) as connection:
            connection.execute(sql.SQL("drop table {}").format(self._name(stream)))

    def _name(self, *stream: str) -> sql.Identifier:
        return sql.Identifier(f"{self._prefix}{self.schema}", *stream)
