"""Measure the taps: ``make bench``.

Each figure is the median of several runs of the whole process, start and imports included.
"""

from __future__ import annotations

import os
import platform
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tests.benchmarks import goatcounter_hits as hits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.measure import Measurement

MANY, FEW = 2_000_000, 200_000
RUNS = 3
WIDTH = 110


def median(run: Callable[[], Measurement], runs: int) -> Measurement:
    """Run something several times and give the run of the median duration."""
    return sorted((run() for _ in range(runs)), key=lambda one: one.seconds)[runs // 2]


def main() -> None:
    """Measure everything and print the figures."""
    console = Console(width=WIDTH)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        many, few = directory / "many.csv.gz", directory / "few.csv.gz"
        with console.status("Writing the exports"):
            hits.write_export(many, MANY)
            hits.write_export(few, FEW)
        tap = partial(hits.through_the_tap, directory=directory)
        with console.status("Measuring"):
            results = {
                "bare loop": median(partial(hits.floor, many), RUNS),
                "tap-goatcounter": median(partial(tap, many, MANY, usual=False), RUNS),
                "tap-goatcounter, a tenth": median(partial(tap, few, FEW, usual=False), RUNS),
                "SDK's default path": median(partial(tap, many, MANY, usual=True), 1),
            }
    console.print(_table(results))


def _table(results: dict[str, Measurement]) -> Table:
    usual, bare = results["SDK's default path"], results["bare loop"]
    table = Table(title=f"hits: {MANY:,} rows on {os.cpu_count()} x {platform.machine()}")
    for heading in ("", "seconds", "rows/s", "of the SDK's path", "of the bare loop", "peak MiB"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, result in results.items():
        table.add_row(
            name,
            f"{result.seconds:.1f}",
            f"{result.lines_per_second:,.0f}",
            f"{result.lines_per_second / usual.lines_per_second:.1f} x",
            f"{result.lines_per_second / bare.lines_per_second:.2f} x",
            f"{result.peak_memory:.0f}",
        )
    return table


if __name__ == "__main__":
    main()
