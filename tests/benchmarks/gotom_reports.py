"""How fast, and in how much memory, a large report reaches stdout."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.bench import BARE, DLT, SDK_DEFAULT, Bench
from tests.benchmarks.reading import EVERYBODY, Reading
from tests.sandbox.gotom import GoTom, Report
from tests.sandbox.gotom.generated_csv import GeneratedCsv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.bench import Contest

TAP = "tap-gotom"
MIB = 1 << 20
HUGE, LARGE, SMALL = 2048 * MIB, 128 * MIB, 24 * MIB
REPORT_ID = 46
USER, SECRET = "benchmark", "benchmark"
SPOOL = "spool"
MAX_MEMORY = 100
MIN_RATIO_SDK = 3


def run(directory: Path) -> Bench:
    """Measure everybody with a small report, the fast with a large one, the tap with a huge one."""
    small, large, huge = (build_report(directory, size) for size in (SMALL, LARGE, HUGE))
    for size in (SMALL, LARGE):
        with _find_file(directory, size).open("wb") as file:
            file.writelines(Report.of_size(size).pieces())
    everybody = small.compare(f"report, {SMALL // MIB} MiB", *EVERYBODY)
    fast = large.compare(f"report, {LARGE // MIB} MiB", DLT, BARE)
    alone = huge.compare(f"report, {HUGE // MIB:,} MiB")
    misses = tuple(_find_misses(everybody, alone, directory / SPOOL))
    return Bench((everybody, fast, alone), misses=misses)


def build_report(directory: Path, size: int) -> Reading:
    """Return how a report of so many bytes is read."""
    spool = directory / SPOOL
    spool.mkdir(exist_ok=True)
    return Reading(
        TAP,
        partial(_make_server, size),
        lambda url: {
            "base_url": url,
            "graph_user": USER,
            "graph_secret": SECRET,
            "reports": [{"name": "bookings", "report_id": REPORT_ID}],
        },
        directory,
        dlt={
            "reads": "report",
            "columns": GeneratedCsv(0).header,
            "user": USER,
            "secret": SECRET,
            "number": REPORT_ID,
        },
        file=_find_file(directory, size),
        environment={"TMPDIR": str(spool)},
    )


def _find_file(directory: Path, size: int) -> Path:
    return directory / f"{size}.csv"


def _make_server(size: int) -> GoTom:
    server = GoTom()
    server.add_user(USER, SECRET, {"reports"})
    server.add_report(REPORT_ID, Report.of_size(size))
    return server


def _find_misses(everybody: Contest, alone: Contest, spool: Path) -> Iterator[str]:
    if (peak := alone.runs[TAP].peak_memory) > MAX_MEMORY:
        yield f"{TAP} took {peak:.0f} MiB of memory, more than {MAX_MEMORY}."
    yield from everybody.find_slowness(TAP, SDK_DEFAULT, MIN_RATIO_SDK)
    if left := [path.name for path in spool.iterdir()]:
        yield f"{TAP} left temporary files: {', '.join(left)}."
