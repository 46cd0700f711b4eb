"""How fast, and in how much memory, a large export of hits reaches stdout."""

from __future__ import annotations

import csv
import gzip
import random
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.bench import BARE, DLT, Bench
from tests.benchmarks.reading import EVERYBODY, Reading
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.sandbox.goatcounter.csv_export import COLUMNS, VERSION

if TYPE_CHECKING:
    from pathlib import Path

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = "benchmark"  # noqa: S105
MANY, FEW = 2_000_000, 300_000


def run(directory: Path) -> Bench:
    """Measure everybody with a small export, and those who are fast with a large one too."""
    few, many = write_export(directory, FEW), write_export(directory, MANY)
    return Bench(
        (
            few.compare(f"{FEW:,} hits", *EVERYBODY),
            many.compare(f"{MANY:,} hits", DLT, BARE),
        )
    )


def write_export(directory: Path, rows: int) -> Reading:
    """Write rows like a shop's into a file, the same ones each time, which a server gives."""
    path = directory / f"{rows}.csv.gz"
    chance = random.Random(rows)  # noqa: S311
    header = [f"{VERSION}{COLUMNS[0]}", *COLUMNS[1:]]
    with gzip.open(path, "wt", compresslevel=6, encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        for number in range(rows):
            writer.writerow(_build_row(number, chance))
    return Reading(
        "tap-goatcounter",
        partial(_make_server, path, rows),
        lambda url: {"site_url": url, "token": TOKEN, "requests_per_second": 1000},
        directory,
        streams=["hits"],
        dlt={"reads": "hits", "columns": header, "secret": TOKEN},
        file=path,
    )


def _make_server(path: Path, rows: int) -> GoatCounter:
    server = GoatCounter(Generation.V2_7, limits=UNLIMITED)
    server.add_site()
    server.add_token(text=TOKEN)
    server.next_export.file = path
    server.next_export.rows = server.next_export.last_hit_id = rows
    return server


def _build_row(number: int, chance: random.Random) -> list[str]:
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
