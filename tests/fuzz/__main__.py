"""Make many trials of each tap, and print what was found.

The exit status is 0 only if nothing was found.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from tests.fuzz.outcome import SEVERITY
from tests.fuzz.sources import TAPS
from tests.fuzz.trial import attempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.fuzz.trial import Result


def main() -> None:
    """Read the command line, make the trials, and end with the exit status."""
    arguments = _build_parser().parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.trials)
    begin, results = time.monotonic(), []
    with ProcessPoolExecutor(arguments.jobs, get_context("spawn")) as workers:
        for tap in arguments.taps or TAPS:
            for result in workers.map(attempt, [tap] * len(seeds), seeds, chunksize=1):
                results.append(result)
                _print(describe(result))
                if arguments.log:
                    _print(f"{result.description}: exit {result.status}", *result.logs)
    _print(*summarise(results), f"{time.monotonic() - begin:.0f} seconds")
    sys.exit(any(result.findings for result in results))


def describe(result: Result) -> list[str]:
    """Return a line for each finding of a trial."""
    return [
        f"{finding.kind}: {result.tap} --seed {result.seed} --trials 1: exit {result.status}"
        f" with {result.description}: {finding.detail[:400]}".replace("\n", " ")
        for finding in result.findings
    ]


def summarise(results: Sequence[Result]) -> list[str]:
    """Return lines that count trials by what was damaged, and findings by their kind."""
    lines = [f"{'damage':24} trials exit-0 findings"]
    kinds = Counter(kind for result in results for kind in set(result.kinds))
    for kind, count in sorted(kinds.items()):
        those = [result for result in results if kind in result.kinds]
        good = sum(result.status == 0 for result in those)
        lines.append(f"{kind:24} {count:6} {good:6} {sum(bool(one.findings) for one in those):8}")
    lines.append(f"{'all':24} {len(results):6}")
    found = Counter((one.kind, result.tap) for result in results for one in result.findings)
    for kind in SEVERITY:
        by_tap = {tap: count for (one, tap), count in found.items() if one == kind}
        if by_tap:
            lines.append(f"{kind}: {', '.join(f'{tap} {n}' for tap, n in by_tap.items())}")
    return lines


def _print(*lines: str | Iterable[str]) -> None:
    for line in lines:
        texts = [line] if isinstance(line, str) else line
        for text in texts:
            sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("taps", nargs="*", choices=[[], *TAPS], metavar="tap", help="default: all")
    parser.add_argument("--trials", type=int, default=100, help="how many for each tap")
    parser.add_argument("--seed", type=int, default=1, help="of the first trial")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at once")
    parser.add_argument("--log", action="store_true", help="print what the taps have logged")
    return parser


if __name__ == "__main__":
    main()
