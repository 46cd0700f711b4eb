"""Measure the taps: ``make bench``, or only those named after ``python -m tests.benchmarks``.

The figures of all taps, measured together, are also written to ``RESULTS.md``, those of whole
pipelines to ``DATABASES.md``, and those of long chains of studios to ``SCALE.md``. The exit status
is 0 only if the taps are as fast and as small as they ought to be.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tests.benchmarks import (
    apparena_apps,
    goatcounter_hits,
    gotom_reports,
    into_databases,
    results,
    studio_openapi_customers,
    studio_openapi_scale,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.benchmarks.bench import Bench

DATABASES = "databases"
SCALE = "studios-scale"
BENCHES: Mapping[str, Callable[[Path], Bench]] = {
    "goatcounter": goatcounter_hits.run,
    "gotom": gotom_reports.run,
    "studio-openapi": studio_openapi_customers.run,
    "apparena": apparena_apps.run,
    DATABASES: into_databases.run,
    SCALE: studio_openapi_scale.run,
}
PAGES = {
    DATABASES: (results.DATABASES, "How fast pipelines are"),
    SCALE: (results.SCALE, "How long chains of studios are read"),
}
"""The benches that have a page of their own, and its title."""
WIDTH = 128


def main() -> None:
    """Measure, show and write the figures, and end with the exit status."""
    console = Console(width=WIDTH)
    names = _parse_names()
    measured = {name: _measure(name, console) for name in names}
    for bench in measured.values():
        console.print(results.build_table([bench]))
        for note in bench.notes:
            console.print(note)
        for miss in bench.misses:
            console.print(f"[red]{miss}[/]")
    taps = [measured[name] for name in BENCHES if name in measured and name not in PAGES]
    if len(taps) == len(BENCHES) - len(PAGES):
        results.write(taps)
    for name, (page, title) in PAGES.items():
        if name in measured:
            results.write([measured[name]], page, title)
    sys.exit(any(bench.misses for bench in measured.values()))


def _parse_names() -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHES)}; default: all")
    names: list[str] = parser.parse_args().names or list(BENCHES)
    if unknown := set(names) - BENCHES.keys():
        parser.error(f"no such benches: {', '.join(unknown)}")
    return names


def _measure(name: str, console: Console) -> Bench:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as directory,
        console.status(f"Measuring {name}, which takes minutes"),
    ):
        return BENCHES[name](Path(directory))


if __name__ == "__main__":
    main()
