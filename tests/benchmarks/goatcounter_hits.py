"""How fast, and in how much memory, a large export of hits reaches stdout."""

from __future__ import annotations

import csv
import gzip
import random
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks import serving
from tests.benchmarks.bench import BARE, USUAL, Bench, median
from tests.benchmarks.measure import Measurement, measure
from tests.benchmarks.usual_path import on_the_usual_path
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.sandbox.goatcounter.csv_export import COLUMNS, VERSION
from tests.singer import command_of, discovered, selecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
TAP = "tap-goatcounter"
TOKEN = "benchmark"  # noqa: S105
MANY, FEW = 2_000_000, 200_000
RUNS = 3


def run(directory: Path) -> Bench:
    """Measure the tap with a large export and a tenth of it, the default path, the bare loop."""
    many, few = directory / "many.csv.gz", directory / "few.csv.gz"
    write_export(many, MANY)
    write_export(few, FEW)
    tap = partial(through_the_tap, directory=directory)
    return Bench(
        f"hits: {MANY:,} rows",
        {
            BARE: median(partial(floor, many), RUNS),
            TAP: median(partial(tap, many, MANY, usual=False), RUNS),
            f"{TAP}, a tenth": median(partial(tap, few, FEW, usual=False), RUNS),
            USUAL: tap(many, MANY, usual=True),
        },
    )


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


def through_the_tap(export: Path, rows: int, directory: Path, *, usual: bool) -> Measurement:
    """Measure the tap, or with `usual` the same stream on the SDK's default path."""
    with serving.apart(partial(_serve, export, rows)) as url:
        config = {"site_url": url, "token": TOKEN, "requests_per_second": 1000}
        command = command_of(TAP, config, directory, catalog=selecting(discovered(TAP), "hits"))
        return measure(on_the_usual_path(command) if usual else command)


@contextmanager
def _serve(export: Path, rows: int) -> Iterator[str]:
    server = GoatCounter(Generation.V2_7, limits=UNLIMITED)
    server.add_site()
    server.add_token(text=TOKEN)
    server.next_export.file = export
    server.next_export.rows = rows
    server.next_export.last_hit_id = rows
    with server.serve() as url:
        yield url


def floor(export: Path) -> Measurement:
    """Measure the bare loop over the same file."""
    return measure([sys.executable, "-m", "tests.benchmarks.floor", str(export)])
