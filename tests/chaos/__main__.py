"""Kills each tap's pipeline many times, and prints what has come of it.

The exit status is 0 only if each warehouse was equal to its source in the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tests.chaos.kills import Victim
from tests.chaos.taps import TAPS
from tests.chaos.trial import ChaosError, Report, attempt
from tests.chaos.warehouse import Warehouse, install_target
from tests.pipelines import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.pipelines.postgresql import Server

KILLS_OF_A_TRIAL = 10
WIDTH = 120


@dataclass(frozen=True)
class Result:
    """What has come of the trials of one tap.

    Attributes:
        tap: Its name.
        report: All trials together.
        seconds: How long they took.
        failure: Why they ended early, empty if they did not.
    """

    tap: str
    report: Report
    seconds: float
    failure: str


def main() -> None:
    """Read the command line, kill, and end with the exit status."""
    arguments = _build_parser().parse_args()
    console = Console(highlight=False, width=WIDTH)
    folder = postgresql.find_programs()
    if folder is None:
        sys.exit("PostgreSQL is not installed: no initdb on the PATH")
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as directory,
        postgresql.serve(folder) as server,
    ):
        console.print("Installing the target …")
        python = install_target(Path(directory))
        results = []
        for tap in arguments.taps or TAPS:
            console.print(f"Killing the pipeline of {tap} {arguments.kills} times …")
            trials = run_trials(tap, arguments.kills, arguments.seed, server, python)
            for result in trials:
                report = result.report
                console.print(f"  {report.kills.total()} kills, {report.states} states confirmed")
            results.append(result)
    console.print(_build_table(results))
    for result in results:
        if result.failure:
            console.print(f"{result.tap}: {result.failure}", markup=False, soft_wrap=True)
    sys.exit(any(result.failure for result in results))


def run_trials(tap: str, kills: int, seed: int, server: Server, python: Path) -> Iterator[Result]:
    """Make trials, each with a seed and a database of its own, until one fails or all are killed.

    Args:
        tap: The tap's name, behind which more may stand.
        kills: How often its pipeline is killed.
        seed: That of the first trial.
        server: Where the databases are.
        python: The Python that has the target installed.

    Yields:
        What has come of all trials so far, after each of them.
    """
    report, begin, is_over = Report(), time.monotonic(), False
    while not is_over:
        part, failure = min(kills - report.kills.total(), KILLS_OF_A_TRIAL), ""
        try:
            warehouse = Warehouse(server.create_database(), python)
            report += attempt(tap, TAPS[tap], warehouse, part, seed)
        except (ChaosError, AssertionError, TimeoutError) as error:
            again = f"python -m tests.chaos {tap!r} --kills {part} --seed {seed}"
            failure = f"{error}\nTo see it again: {again}"
        yield Result(tap, report, time.monotonic() - begin, failure)
        is_over = bool(failure) or report.kills.total() >= kills
        seed += 1


def _build_table(results: Sequence[Result]) -> Table:
    table = Table("tap")
    for header in (*(victim.value for victim in Victim), "states", "rows", "seconds"):
        table.add_column(header, justify="right")
    table.add_column("equal")
    for result in results:
        report = result.report
        numbers = (*(report.kills[victim] for victim in Victim), report.states, report.rows)
        table.add_row(
            result.tap,
            *(f"{number:,}" for number in numbers),
            f"{result.seconds:.0f}",
            "[red]no[/]" if result.failure else "yes",
        )
    return table


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("taps", nargs="*", choices=[[], *TAPS], metavar="tap", help="default: all")
    parser.add_argument("--kills", type=int, default=50, help="how many for each tap")
    parser.add_argument("--seed", type=int, default=1, help="what all chance follows from")
    return parser


if __name__ == "__main__":
    main()
