"""Measure whole processes from outside, by the operating system's own accounting."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ACCOUNTING = Path(__file__).with_name("accounting.py")
KIBIBYTES_PER_MEBIBYTE = 1024
ROUNDS = 2


@dataclass(frozen=True)
class Measurement:
    """What a process took.

    Attributes:
        seconds: From start to end.
        peak_memory: In MiB, resident; of several processes, that of the largest.
        lines: Written, which are rows but for a handful.
    """

    seconds: float
    peak_memory: float
    lines: int

    @property
    def lines_per_second(self) -> float:
        """Lines written per second of the whole process."""
        return self.lines / self.seconds


def measure(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measurement:
    """Run a command, its stdout going to ``wc -l``, and measure it.

    Args:
        command: The program and its arguments.
        environment: Variables to add.

    Raises:
        RuntimeError: It failed.
    """
    near, far = os.pipe()
    with subprocess.Popen(["wc", "-l"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as count:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", ACCOUNTING, str(far), *command],
            stdout=count.stdin,
            stderr=subprocess.PIPE,
            pass_fds=[far],
            env={**os.environ, **(environment or {})},
        )
        os.close(far)
        assert count.stdin is not None
        assert count.stdout is not None
        count.stdin.close()
        _, log = process.communicate()
        counted = count.stdout.read()
    with os.fdopen(near, encoding="utf-8") as report:
        status, seconds, peak = report.read().split()
    if int(status):
        raise RuntimeError(f"{command[0]} failed:\n{log.decode()[-2000:]}")
    return Measurement(float(seconds), int(peak) / KIBIBYTES_PER_MEBIBYTE, int(counted))


def by_turns(
    sides: Mapping[str, Callable[[], Measurement]], rounds: int = ROUNDS
) -> Mapping[str, Measurement]:
    """Measure several sides one after the other, again and again.

    What else the machine does meanwhile hits all of them alike, and the fastest runs the least.

    Args:
        sides: What is to be measured, by name.
        rounds: How often each has its turn.

    Returns:
        The fastest run of each side.
    """
    runs = [{name: side() for name, side in sides.items()} for _ in range(rounds)]
    return {name: min((run[name] for run in runs), key=lambda run: run.seconds) for name in sides}
