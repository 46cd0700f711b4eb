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
            trials = Trials(tap, server, python, console)
            results.append(trials.run(arguments.kills, arguments.seed))
    console.print(_build_table(results))
    for result in results:
        if result.failure:
            console.print(f"{result.tap}: {result.failure}", markup=False, soft_wrap=True)
    sys.exit(any(result.failure for result in results))


class Trials:
    """The trials of one tap."""

    def __init__(self, tap: str, server: Server, python: Path, console: Console) -> None:
        """Prepare to load into new databases.

        Args:
            tap: The tap's name.
            server: Where the databases are.
            python: The Python that has the target installed.
            console: Where progress is printed.
        """
        self._tap = tap
        self._server = server
        self._python = python
        self._console = console

    def run(self, kills: int, seed: int) -> Result:
        """Make trial after trial, each with a seed of its own, until there are enough kills."""
        report, begin, failure = Report(), time.monotonic(), ""
        for number, part in enumerate(_split_kills(kills)):
            try:
                report += self._run_trial(part, seed + number)
            except (ChaosError, AssertionError, TimeoutError) as error:
                again = f"python -m tests.chaos {self._tap!r} --kills {part} --seed {seed + number}"
                failure = f"{error}\nTo see it again: {again}"
                break
            self._console.print(f"  {report.kills.total()} kills, {report.states} states confirmed")
        return Result(self._tap, report, time.monotonic() - begin, failure)

    def _run_trial(self, kills: int, seed: int) -> Report:
        warehouse = Warehouse(self._server.create_database(), self._python)
        return attempt(self._tap, TAPS[self._tap], warehouse, kills, seed)


def _split_kills(kills: int) -> Iterator[int]:
    while kills > 0:
        yield min(kills, KILLS_OF_A_TRIAL)
        kills -= KILLS_OF_A_TRIAL


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
