"""How fast, and in how much memory, a large report reaches stdout.

The SDK's default path reads a smaller report of the same rows, as only rows per second are
compared, and the tap reads that one as well.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks import serving
from tests.benchmarks.bench import USUAL, Bench, median
from tests.benchmarks.measure import Measurement, measure
from tests.benchmarks.usual_path import on_the_usual_path
from tests.sandbox.gotom import GoTom, Report
from tests.singer import command_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAP = "tap-gotom"
MIB = 1 << 20
LARGE, SMALL = 2048 * MIB, 64 * MIB
RUNS = 3
REPORT_ID = 46
USER, SECRET = "benchmark", "benchmark"
MOST_MEMORY = 100
LEAST_TIMES_USUAL = 3


def run(directory: Path) -> Bench:
    """Measure the tap with a large report and a small one, and the default path."""
    spool = directory / "spool"
    spool.mkdir()
    tap = partial(through_the_tap, directory=directory, spool=spool)
    bench = Bench(
        f"a report of {LARGE // MIB:,} MiB",
        {
            TAP: tap(LARGE, usual=False),
            f"{TAP}, {SMALL // MIB} MiB": median(partial(tap, SMALL, usual=False), RUNS),
            USUAL: tap(SMALL, usual=True),
        },
    )
    return replace(bench, misses=tuple(_misses(bench, spool)))


def through_the_tap(size: int, directory: Path, spool: Path, *, usual: bool) -> Measurement:
    """Measure the tap, or with `usual` the same stream on the SDK's default path."""
    with serving.apart(partial(_serve, size)) as url:
        config = {
            "base_url": url,
            "graph_user": USER,
            "graph_secret": SECRET,
            "reports": [{"name": "bookings", "report_id": REPORT_ID}],
        }
        command = command_of(TAP, config, directory)
        return measure(on_the_usual_path(command) if usual else command, {"TMPDIR": str(spool)})


@contextmanager
def _serve(size: int) -> Iterator[str]:
    server = GoTom()
    server.add_user(USER, SECRET, {"reports"})
    server.add_report(REPORT_ID, Report.of_size(size))
    with server.serve() as url:
        yield url


def _misses(bench: Bench, spool: Path) -> Iterator[str]:
    if (peak := bench.results[TAP].peak_memory) > MOST_MEMORY:
        yield f"{TAP} took {peak:.0f} MiB of memory, more than {MOST_MEMORY}."
    if (times := bench.times_usual(TAP)) < LEAST_TIMES_USUAL:
        yield f"{TAP} was {times:.1f} times as fast as the SDK, less than {LEAST_TIMES_USUAL}."
    if left := [path.name for path in spool.iterdir()]:
        yield f"{TAP} left temporary files: {', '.join(left)}."
