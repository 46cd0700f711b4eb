"""How fast, and in how much memory, a large export of hits reaches stdout."""

from __future__ import annotations

import csv
import gzip
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from singer_tapkit.testing import select_streams
from tests.benchmarks.bench import BARE, DLT, DLT_LISTS, SDK_DEFAULT, SDK_LEAN, Bench, Contest
from tests.benchmarks.measure import measure_in_turns
from tests.benchmarks.rows import Rows
from tests.processes import build_command, discover_catalog
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.sandbox.goatcounter.csv_export import COLUMNS, VERSION

if TYPE_CHECKING:
    from pathlib import Path

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
TAP = "tap-goatcounter"
TOKEN = "benchmark"  # noqa: S105
MANY, FEW = 2_000_000, 300_000


def run(directory: Path) -> Bench:
    """Measure everybody with a small export, and those who are fast with a large one too."""
    few, many = Export.write_rows(directory, FEW), Export.write_rows(directory, MANY)
    return Bench(
        (
            Contest(
                f"{FEW:,} hits",
                measure_in_turns(
                    {
                        TAP: few.measure_tap,
                        SDK_DEFAULT: few.measure_sdk,
                        SDK_LEAN: partial(few.measure_sdk, lean=True),
                        DLT_LISTS: partial(few.measure_dlt, as_arrow=False),
                        DLT: few.measure_dlt,
                        BARE: few.measure_raw_baseline,
                    },
                ),
            ),
            Contest(
                f"{MANY:,} hits",
                measure_in_turns(
                    {
                        TAP: many.measure_tap,
                        DLT: many.measure_dlt,
                        BARE: many.measure_raw_baseline,
                    },
                ),
            ),
        )
    )


@dataclass(frozen=True)
class Export(Rows):
    """An export in a file."""

    directory: Path
    rows: int

    @property
    @override
    def path(self) -> Path:
        return self.directory / f"{self.rows}.csv.gz"

    @classmethod
    def write_rows(cls, directory: Path, rows: int) -> Export:
        """Write rows like a shop's, the same ones each time."""
        export = cls(directory, rows)
        chance = random.Random(rows)  # noqa: S311
        with gzip.open(export.path, "wt", compresslevel=6, encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow([f"{VERSION}{COLUMNS[0]}", *COLUMNS[1:]])
            for number in range(rows):
                writer.writerow(_build_row(number, chance))
        return export

    @override
    def dlt_job(self, url: str, *, as_arrow: bool) -> dict[str, Any]:
        return {
            "reads": "hits",
            "as_arrow": as_arrow,
            "url": url,
            "columns": [f"{VERSION}{COLUMNS[0]}", *COLUMNS[1:]],
            "secret": TOKEN,
        }

    @override
    def sandbox(self) -> GoatCounter:
        server = GoatCounter(Generation.V2_7, limits=UNLIMITED)
        server.add_site()
        server.add_token(text=TOKEN)
        server.next_export.file = self.path
        server.next_export.rows = self.rows
        server.next_export.last_hit_id = self.rows
        return server

    @override
    def command(self, url: str, **more: Any) -> list[str]:
        config = {"site_url": url, "token": TOKEN, "requests_per_second": 1000, **more}
        catalog = select_streams(discover_catalog(TAP), ["hits"])
        return build_command(TAP, config, self.path.parent, catalog=catalog)


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
