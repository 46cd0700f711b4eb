"""A chain of a thousand studios into PostgreSQL: in slices by Dagster, and by one process.

``python -m tests.orchestration.thousand`` wants a quiet machine. One key is wrong at
first; its slice is run once more after it was mended.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import stat
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from typing_extensions import override

from orchestrator.meltano_file import read_meltano_file
from orchestrator.meltano_run import Task, run_task
from tests.orchestration.page import run_dagster, wait_until
from tests.orchestration.project import (
    LOADER,
    SCHEMA,
    TAP,
    build_target_settings,
    make_project,
    write_connections,
)
from tests.pipelines import postgresql
from tests.sandbox.studio_openapi import Limit, StudioOpenApi, demonstration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pipelines.postgresql import Database

MEBIBYTE = 1 << 20
COUNTING_TAP = """#!/bin/bash
set -o pipefail
tap={tap}
[[ " $* " == *" --discover "* ]] && exec "$tap" "$@"
"$tap" "$@" | tee >(grep '^{{"type":"STATE"' | wc -c >> {states})
"""
"""Runs the tap, and notes the bytes of its STATE messages."""


@dataclass
class Figures:
    """What something took.

    Attributes:
        name: What it was.
        seconds: How long it took.
        memory: The most memory that all processes of it had at once, in bytes.
        largest: The most that one pipeline had: Meltano, a tap and a loader.
        states: The bytes of STATE messages.
        studios: How many studios are loaded after it.
        note: What else there is to say.
    """

    name: str
    seconds: float = 0
    memory: int = 0
    largest: int = 0
    states: int = 0
    studios: int = 0
    note: str = ""

    @override
    def __str__(self) -> str:
        """Return a row of a table."""
        return (
            f"| {self.name} | {self.seconds:,.0f} s | {self.memory / MEBIBYTE:,.0f} MiB "
            f"| {self.largest / MEBIBYTE:,.0f} MiB | {self.states / MEBIBYTE:.2f} MiB "
            f"| {self.studios:,} | {self.note} |"
        )


@dataclass
class Chain:
    """The chain, and the project that loads it.

    Attributes:
        directory: The project.
        url: Where the studios are.
        keys: Their keys, by their names.
    """

    directory: Path
    url: str
    keys: dict[str, str]

    @property
    def states(self) -> Path:
        """The file that has the bytes of STATE of each process of the tap."""
        return self.directory / "states"

    def write_keys(self, **wrong: str) -> None:
        """Write the connections, some with another key."""
        path = write_connections(self.directory, self.url, {**self.keys, **wrong})
        os.environ["TAP_STUDIO_OPENAPI_CONNECTIONS_FILE"] = str(path)

    def count_states(self) -> None:
        """Have the tap's STATE messages counted from now on."""
        folder = self.directory / f".meltano/extractors/{TAP}/venv/bin"
        moved = folder / f"{TAP}-itself"
        if not moved.exists():
            (folder / TAP).rename(moved)
            (folder / TAP).write_text(COUNTING_TAP.format(tap=moved, states=self.states))
            (folder / TAP).chmod(moved.stat().st_mode | stat.S_IXUSR)

    @contextlib.contextmanager
    def measure(self, name: str, database: Database) -> Iterator[Figures]:
        """Measure what happens until the block is left."""
        figures = Figures(name)
        self.states.write_text("")
        begun = time.monotonic()
        with _watch_memory(figures):
            yield figures
        figures.seconds = time.monotonic() - begun
        figures.states = sum(map(int, self.states.read_text().split()))
        figures.studios = _count_studios(database)
        sys.stderr.write(f"{figures}\n")


def main() -> None:
    """Load the chain both ways and print the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.orchestration.thousand", description=__doc__
    )
    parser.add_argument("--studios", type=int, default=1000)
    parser.add_argument("--slices", type=int, default=16)
    parser.add_argument("--at-once", type=int, default=2)
    arguments = parser.parse_args()
    programs = postgresql.find_programs()
    assert programs, "PostgreSQL is not installed: no initdb on the PATH"
    with contextlib.ExitStack() as running:
        server = running.enter_context(postgresql.serve(programs))
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="thousand-")))
        url = running.enter_context(_serve_chain(arguments.studios))
        chain = Chain(directory, url, demonstration.chain_keys(arguments.studios))
        project = make_project(directory, arguments.slices, arguments.at_once)
        project.install(TAP)
        project.install(LOADER)
        rows = [
            *_load_slices(chain, server.create_database(), arguments.at_once),
            _load_whole(chain, server.create_database()),
        ]
    sys.stdout.write(
        "| what | time | memory of all | largest pipeline | STATE | studios loaded | |\n"
        "|---|---|---|---|---|---|---|\n" + "".join(f"{row}\n" for row in rows)
    )


@contextlib.contextmanager
def _serve_chain(studios: int) -> Iterator[str]:
    """Serve the chain from a process of its own, as it would share this one's time."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        tenant = StudioOpenApi(limit=Limit(math.inf))
        demonstration.add_chain(tenant, studios)
        with tenant.serve() as url:
            os.write(sending, url.encode())
            threading.Event().wait()
    try:
        yield os.read(receiving, 200).decode()
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def _load_slices(chain: Chain, database: Database, at_once: int) -> Iterator[Figures]:
    wrong = sorted(chain.keys)[len(chain.keys) // 2]
    chain.write_keys(**{wrong: "expired"})
    home = chain.directory / ".dagster"
    os.environ.update(
        {
            "DAGSTER_HOME": str(home),
            "MELTANO_PROJECT_ROOT": str(chain.directory),
            "MELTANO_ENVIRONMENT": "dev",
            **build_target_settings(database),
        }
    )
    slices = read_meltano_file(chain.directory).jobs[0].pipelines[0].slice_names
    with run_dagster() as page:
        chain.count_states()
        name = f"{len(slices)} slices, {at_once} at a time"
        with chain.measure(name, database) as figures:
            page.load(slices)
            wait_until(
                lambda: (
                    [status for _, status, _ in page.read_runs()].count("SUCCESS")
                    == len(slices) - 1
                    and "FAILURE" in [status for _, status, _ in page.read_runs()]
                ),
                "all slices have ended",
                page.read_runs,
                limit=3 * 3600,
            )
        ((bad, _, run_id),) = (run for run in page.read_runs() if run[1] == "FAILURE")
        assert wrong in page.read_reason(run_id)
        figures.note = f"{bad} failed, and its run names {wrong}"
        yield figures
        chain.write_keys()
        with chain.measure(f"{bad} alone, the key mended", database) as figures:
            page.load([bad])
            wait_until(
                lambda: page.read_statuses(bad)[0] == "SUCCESS", "it is loaded", page.read_runs
            )
        yield figures


def _load_whole(chain: Chain, database: Database) -> Figures:
    (pipeline,) = read_meltano_file(chain.directory).jobs[0].pipelines
    with chain.measure("one process", database) as figures:
        result = run_task(
            chain.directory, Task(pipeline, variables=build_target_settings(database)), _ignore
        )
    assert result.status == 0, result.reason
    return figures


@contextlib.contextmanager
def _watch_memory(figures: Figures) -> Iterator[None]:
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1):
            pipelines = [_find_descendants({meltano}) for meltano in _find("--state-id=dev:")]
            everything = _find_descendants(_find("orchestrator.dev")).union(*pipelines)
            sizes = {pid: _measure_memory(pid) for pid in everything}
            figures.memory = max(figures.memory, sum(sizes.values()))
            for pids in pipelines:
                figures.largest = max(figures.largest, sum(sizes[pid] for pid in pids & everything))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _find_descendants(roots: set[int]) -> set[int]:
    """Return processes and all that they have started."""
    children: defaultdict[int, set[int]] = defaultdict(set)
    for pid in _list_processes():
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
            children[int(status.rpartition(")")[2].split()[1])].add(pid)
    found: set[int] = set()
    while roots:
        found |= roots
        roots = {child for root in roots for child in children[root]} - found
    return found


def _find(word: str) -> set[int]:
    found = set()
    for pid in _list_processes():
        with contextlib.suppress(OSError):
            if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


def _list_processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]


def _measure_memory(pid: int) -> int:
    """Return the bytes of a process, of shared ones its part."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _count_studios(database: Database) -> int:
    with psycopg.connect(database.address) as connection:
        query = f"select count(distinct studio_id) from {SCHEMA}.customers"  # noqa: S608
        row: tuple[Any, ...] | None = connection.execute(query.encode()).fetchone()
    assert row
    count: int = row[0]
    return count


def _ignore(_: str) -> None:
    """Take a line of the log and do nothing with it."""


if __name__ == "__main__":
    main()
