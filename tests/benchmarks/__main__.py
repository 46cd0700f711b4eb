"""Measure the taps: ``make bench``, or only those named after ``python -m tests.benchmarks``.

Each figure is of the whole process, start and imports included. The exit status is 0 only if the
taps are as fast and as small as they ought to be.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tests.benchmarks import goatcounter_hits, gotom_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.benchmarks.bench import Bench

BENCHES: Mapping[str, Callable[[Path], Bench]] = {
    "tap-goatcounter": goatcounter_hits.run,
    "tap-gotom": gotom_reports.run,
}
WIDTH = 110


def main() -> None:
    """Measure and print the figures, and end with the exit status."""
    console = Console(width=WIDTH)
    benches = [_measured(name, console) for name in _names()]
    for bench in benches:
        console.print(bench.table())
    misses = [miss for bench in benches for miss in bench.misses]
    for miss in misses:
        console.print(f"[red]{miss}[/]")
    sys.exit(1 if misses else 0)


def _names() -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("taps", nargs="*", help=f"of {', '.join(BENCHES)}; default: all")
    names: list[str] = parser.parse_args().taps or list(BENCHES)
    if unknown := set(names) - BENCHES.keys():
        parser.error(f"no such taps: {', '.join(unknown)}")
    return names


def _measured(name: str, console: Console) -> Bench:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as directory,
        console.status(f"Measuring {name}"),
    ):
        return BENCHES[name](Path(directory))


if __name__ == "__main__":
    main()
