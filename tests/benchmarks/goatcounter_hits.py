"""How fast, and in how much memory, a large export of hits reaches stdout."""

from __future__ import annotations

import csv
import gzip
import multiprocessing
import random
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.benchmarks.measure import Measurement, measure
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.sandbox.goatcounter.csv_export import COLUMNS, VERSION
from tests.singer import command_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = "benchmark"  # noqa: S105


def write_export(path: Path, rows: int) -> None:
    """Write an export with rows like a shop's, the same ones each time."""
    chance = random.Random(rows)  # noqa: S311
    with gzip.open(path, "wt", compresslevel=6, encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([f"{VERSION}{COLUMNS[0]}", *COLUMNS[1:]])
        for number in range(rows):
            writer.writerow(_row(number, chance))


def _row(number: int, chance: random.Random) -> list[str]:
    article = chance.randrange(5000)
    return [
        f"/articles/{article}/how-to-count-goats",
        f'How to count goats, part {article}: "the herd"',
        "0",
        "",
        chance.choice(("Firefox 140", "Chrome 142", "Safari 18.5", " ")),
        chance.choice(("Windows 10", "Linux ", "iOS 18.5", "macOS 15")),
        f"{chance.getrandbits(64):x}-{chance.getrandbits(64):x}",
        "0",
        chance.choice(("", "Google", "https://news.example.org/item/4711", "newsletter")),
        chance.choice("ghoc"),
        f"{chance.choice((390, 1366, 1920, 2560))},0,1",
        chance.choice(("NL", "US-TX", "DE", "")),
        str(number % 2),
        (BEGINNING + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    ]


@contextmanager
def served(export: Path, rows: int) -> Iterator[str]:
    """Serve an export from a process of its own, so that it takes no time from the tap."""
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(far, export, rows), daemon=True
    )
    process.start()
    try:
        yield near.recv()
    finally:
        near.send(None)
        process.join()


def _serve(far: Connection, export: Path, rows: int) -> None:
    server = GoatCounter(Generation.V2_7, limits=UNLIMITED)
    server.add_site()
    server.add_token(text=TOKEN)
    server.next_export.file = export
    server.next_export.rows = rows
    server.next_export.last_hit_id = rows
    with server.serve() as url:
        far.send(url)
        far.recv()


def through_the_tap(export: Path, rows: int, directory: Path, *, usual: bool) -> Measurement:
    """Measure the tap, or with `usual` the same stream on the SDK's default path."""
    with served(export, rows) as url:
        config = {"site_url": url, "token": TOKEN, "requests_per_second": 1000}
        program, *arguments = command_of("tap-goatcounter", config, directory, select={"hits"})
        command = [sys.executable, "-m", "tests.benchmarks.usual_path"] if usual else [program]
        return measure([*command, *arguments])


def floor(export: Path) -> Measurement:
    """Measure the bare loop over the same file."""
    return measure([sys.executable, "-m", "tests.benchmarks.floor", str(export)])
