"""Show figures, in the terminal and in ``RESULTS.md``: one table of all taps."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from tests.benchmarks import with_dlt
from tests.benchmarks.bench import BARE, BY_RECORDS, DLT, ONE_AT_A_TIME, SDK_DEFAULT, SDK_LEAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.bench import Bench, Contest
    from tests.benchmarks.measure import Measurement

RESULTS = Path(__file__).with_name("RESULTS.md")
DATABASES = Path(__file__).with_name("DATABASES.md")
SCALE = Path(__file__).with_name("SCALE.md")
HEADINGS = {
    SDK_DEFAULT: "x SDK",
    SDK_LEAN: "x lean",
    BY_RECORDS: "x records",
    DLT: "x dlt",
    BARE: "x bare",
    ONE_AT_A_TIME: "x single",
}
GIBIBYTE = 1 << 30
TEN = 9.95
"""What would be 10 if rounded to a tenth."""

EXPLANATION = """\
Each figure is of whole processes, start and imports included. A server on the same machine, in a
process of its own, sends the rows; the taps write them to a pipe as Singer messages. Pages of long
lists are made before, so that making them takes no time from whoever reads them. Where several read
the same rows, they did so by turns, and the fastest run of each counts."""
COMPARED = "The columns that begin with x divide the rows per second by those of another:"
OTHERS = {
    SDK_DEFAULT: "is the same tap with the writer and the conformance that the SDK uses by itself.",
    SDK_LEAN: (
        "is the same tap record by record, with the SDK's msgspec writer and without conformance: "
        "what a tap developer can have by two lines."
    ),
    BY_RECORDS: (
        "is the tap's default settings and the loader's: a RECORD message per row. The memory is "
        "the tap's and the loader's."
    ),
    DLT: (
        "makes the same requests. Into a folder it writes JSON Lines without compression; into a "
        "database it upserts by the row's number, with the file format that is the fastest for "
        "that database. Every column is declared as text (the taps convert numbers and dates), and "
        "a process per core normalizes, the largest of which counts as its memory. Arrow itself "
        "reads the CSV here; *lists of rows* are lists of 5000 dicts, as most resources give them."
    ),
    BARE: (
        "reads a local file with the `csv` module and writes each row with msgspec as soon "
        "as it is read: no requests, no types, no schema. A tap that encodes many rows at once "
        "can be faster."
    ),
    ONE_AT_A_TIME: (
        "is the same tap with a `max_concurrency` of 1, where the server begins to answer after "
        "150 ms."
    ),
}


def build_table(benches: Sequence[Bench]) -> Table:
    """Return the table for the terminal."""
    shown = Table(title=describe_machine(), box=SIMPLE_HEAD)
    for number, heading in enumerate(_build_headings(benches)):
        shown.add_column(heading, justify="left" if number < 2 else "right", no_wrap=True)
    for bench in benches:
        for contest in bench.contests:
            for cells in _build_lines(contest, _find_compared(benches)):
                shown.add_row(*cells, style="bold" if cells[1].startswith("tap-") else "")
            shown.add_section()
    return shown


def write(
    benches: Sequence[Bench], path: Path | None = None, title: str = "How fast the taps are"
) -> None:
    """Write the table into the repository.

    Args:
        benches: What was measured.
        path: The page, `RESULTS` by default.
        title: Its title.
    """
    headings = _build_headings(benches)
    rules = ["---" if number < 2 else "---:" for number in range(len(headings))]
    lines = [
        cells
        for bench in benches
        for contest in bench.contests
        for cells in _build_lines(contest, _find_compared(benches))
    ]
    rows = ("| " + " | ".join(cells) + " |" for cells in (headings, rules, *lines))
    notes = "\n".join(f"* {note}" for bench in benches for note in bench.notes)
    others = "\n".join(f"* **{name}** {OTHERS[name]}" for name in _find_compared(benches))
    comparison = f"{COMPARED}\n\n{others}" if others else ""
    parts = (
        f"# {title}",
        f"{describe_machine()}.",
        "\n".join(rows),
        notes,
        EXPLANATION,
        comparison,
    )
    (path or RESULTS).write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")


def describe_machine() -> str:
    """Return when, on what and with what was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIBIBYTE
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores of "
        f"{platform.machine()}, {memory:.0f} GiB of memory, Python {platform.python_version()}, "
        f"singer-sdk {version('singer-sdk')}, dlt {with_dlt.find_version()}"
    )


def _build_headings(benches: Sequence[Bench]) -> list[str]:
    times = (HEADINGS[name] for name in _find_compared(benches))
    return ["reads", "by", "rows", "seconds", "rows/s", *times, "peak MiB"]


def _find_compared(benches: Sequence[Bench]) -> list[str]:
    """Return the names that anything is compared with."""
    runs = {name for bench in benches for contest in bench.contests for name in contest.runs}
    return [name for name in HEADINGS if name in runs]


def _build_lines(contest: Contest, compared: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for number, (name, run) in enumerate(contest.runs.items()):
        yield (
            "" if number else contest.reads,
            name,
            f"{run.lines:,}",
            f"{run.seconds:.1f}",
            f"{run.lines_per_second:,.0f}",
            *(_format_ratio(contest, name, other) for other in compared),
            _format_memory(run),
        )


def _format_memory(run: Measurement) -> str:
    if run.loader_memory is None:
        return f"{run.peak_memory:.0f}"
    return f"{run.peak_memory:.0f} + {run.loader_memory:.0f}"


def _format_ratio(contest: Contest, name: str, other: str) -> str:
    if other not in contest.runs or other == name:
        return ""
    times = contest.ratio(name, other)
    return f"{times:.0f}" if times >= TEN else f"{times:#.2g}"
