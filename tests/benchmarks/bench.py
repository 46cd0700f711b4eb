"""What a bench finds out, and how it is shown."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.benchmarks.measure import Measurement

USUAL = "SDK's default path"
BARE = "bare loop"


@dataclass(frozen=True)
class Bench:
    """The figures of one tap.

    Attributes:
        title: What was read.
        results: Measurements by what was measured, one of them `USUAL`.
        misses: Which promises are not kept, a sentence each.
    """

    title: str
    results: Mapping[str, Measurement]
    misses: tuple[str, ...] = ()

    def times_usual(self, name: str) -> float:
        """Compare the rows per second of a measurement with those of `USUAL`."""
        return self._times(name, USUAL)

    def table(self) -> Table:
        """Show the figures."""
        table = Table(title=f"{self.title} on {os.cpu_count()} x {platform.machine()}")
        for heading in ("", "messages", "seconds", "rows/s", "of SDK's", "of bare", "peak MiB"):
            table.add_column(heading, justify="right" if heading else "left")
        for name, result in self.results.items():
            table.add_row(
                name,
                f"{result.lines:,}",
                f"{result.seconds:.1f}",
                f"{result.lines_per_second:,.0f}",
                f"{self.times_usual(name):.1f} x",
                f"{self._times(name, BARE):.2f} x" if BARE in self.results else "",
                f"{result.peak_memory:.0f}",
            )
        return table

    def _times(self, name: str, other: str) -> float:
        return self.results[name].lines_per_second / self.results[other].lines_per_second


def median(run: Callable[[], Measurement], runs: int) -> Measurement:
    """Run something several times and give the run of the median duration."""
    return sorted((run() for _ in range(runs)), key=lambda one: one.seconds)[runs // 2]
