"""How fast whole pipelines bring hits and a report into PostgreSQL and DuckDB."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import duckdb
import psycopg
from psycopg import sql

from tests.benchmarks import goatcounter_hits, gotom_reports, serving
from tests.benchmarks.bench import BY_RECORDS, DLT, DLT_LISTS, Bench, Contest
from tests.benchmarks.measure import Measurement, measure_in_turns, measure_pipeline
from tests.meltano import Project
from tests.pipelines import postgresql

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.benchmarks.reading import Reading
    from tests.pipelines.postgresql import Server

HITS = 200_000
REPORT_BYTES = 16 << 20
BY_FILES = "by files, copied"
COPIED = "by records, copied"
RECORDS_OF_A_FILE = 50_000
MAX_MEMORY = 100
ROUNDS = 1
SCHEMA = "bench"


@dataclass(frozen=True)
class Database:
    """An empty database.

    Attributes:
        name: Whose it is.
        settings: The settings by which the target finds it.
        address: The same for dlt.
        count: Counts the rows of a table of the schema `bench`.
    """

    name: str
    settings: dict[str, Any]
    address: str
    count: Callable[[str], int]


@dataclass(frozen=True)
class Loading:
    """The same rows, brought into the same kind of database in several ways."""

    directory: Path
    reading: Reading
    table: str
    make_database: Callable[[], Database]

    def measure_target(self, *, files: bool = False, **settings: Any) -> Measurement:
        """Measure the tap and the target."""
        database, batches = self.make_database(), self.directory / "batches"
        config = self.directory / "target.json"
        target = {**database.settings, "default_target_schema": SCHEMA, **settings}
        config.write_text(json.dumps(target), encoding="utf-8")
        more = _build_batch_config(batches) if files else {}
        with serving.serve_apart(self.reading.make) as server:
            tap = self.reading.build_command(server.url, **more)
            command = [str(self._find_program(database)), "--config", str(config)]
            measured = measure_pipeline(tap, command, self.directory / "log")
        shutil.rmtree(batches, ignore_errors=True)
        return replace(measured, lines=database.count(self.table))

    def measure_dlt_load(self, *, as_arrow: bool) -> Measurement:
        """Measure dlt."""
        database = self.make_database()
        measured = self.reading.measure_dlt(
            as_arrow=as_arrow, destination=database.name, credentials=database.address
        )
        return replace(measured, lines=database.count(self.reading.dlt["reads"]))

    def _find_program(self, database: Database) -> Path:
        name = f"target-{database.name}"
        return self.directory / ".meltano/loaders" / name / "venv/bin" / name


def run(directory: Path) -> Bench:
    """Measure records, files and dlt, into each database.

    Raises:
        RuntimeError: PostgreSQL is not installed.
    """
    programs = postgresql.find_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: no initdb on the PATH")
    Project(directory).install("target-postgres", "target-duckdb")
    hits = goatcounter_hits.write_export(directory, HITS)
    report = gotom_reports.build_report(directory, REPORT_BYTES)
    with postgresql.serve(programs) as server:
        contests = [
            _compare(directory, reading, table, make, more)
            for make, more in (
                (partial(_make_postgresql, server), _POSTGRESQL),
                (partial(_make_duckdb, directory, count()), {}),
            )
            for reading, table in ((hits, "hits"), (report, "bookings"))
        ]
    return Bench(tuple(contests), misses=tuple(_find_misses(contests)))


_POSTGRESQL: dict[str, dict[str, Any]] = {
    BY_FILES: {"files": True, "use_copy": True},
    COPIED: {"use_copy": True},
}


def _compare(
    directory: Path,
    reading: Reading,
    table: str,
    make: Callable[[], Database],
    more: dict[str, dict[str, Any]],
) -> Contest:
    loading = Loading(directory, reading, table, make)
    sides = {name: partial(loading.measure_target, **settings) for name, settings in more.items()}
    return Contest(
        f"{table} into {make().name}",
        measure_in_turns(
            {
                **sides,
                BY_RECORDS: loading.measure_target,
                DLT_LISTS: partial(loading.measure_dlt_load, as_arrow=False),
                DLT: partial(loading.measure_dlt_load, as_arrow=True),
            },
            rounds=ROUNDS,
        ),
    )


def _build_batch_config(folder: Path) -> dict[str, Any]:
    return {
        "batch_config": {
            "encoding": {"format": "jsonl", "compression": "gzip"},
            "storage": {"root": folder.as_uri()},
            "batch_size": RECORDS_OF_A_FILE,
        }
    }


def _make_postgresql(server: Server) -> Database:
    made = server.create_database()

    def count_rows(table: str) -> int:
        with psycopg.connect(made.address) as connection:
            query = sql.SQL("select count(*) from {}").format(sql.Identifier(SCHEMA, table))
            row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    parts = made.parts
    user = f"{parts['user']}:{quote(parts['password'])}"
    address = f"postgresql://{user}@{parts['host']}:{made.port}"
    return Database("postgres", {**parts, "port": made.port}, f"{address}/{made.name}", count_rows)


def _make_duckdb(directory: Path, numbers: Any) -> Database:
    path = directory / f"{next(numbers)}.duckdb"

    def count_rows(table: str) -> int:
        with duckdb.connect(str(path), read_only=True) as connection:
            return len(connection.table(f"{SCHEMA}.{table}"))

    return Database("duckdb", {"path": str(path)}, str(path), count_rows)


def _find_misses(contests: list[Contest]) -> list[str]:
    return [
        f"A tap took {run.peak_memory:.0f} MiB of memory with files, more than {MAX_MEMORY}."
        for contest in contests
        for name, run in contest.runs.items()
        if name == BY_FILES and run.peak_memory > MAX_MEMORY
    ]
