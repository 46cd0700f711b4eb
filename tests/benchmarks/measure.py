"""Measure whole processes from outside, by the operating system's own accounting."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ACCOUNTING = Path(__file__).with_name("accounting.py")
KIBIBYTES_PER_MEBIBYTE = 1024
ROUNDS = 2
COUNT, KEEP_AND_COUNT = "wc -l", 'tee "$0" | wc -l'


@dataclass(frozen=True)
class Measurement:
    """What a process took.

    Attributes:
        seconds: From start to end.
        peak_memory: In MiB, resident; of several processes, that of the largest.
        lines: Written, which are rows but for a handful.
        loader_memory: That of the loader, in MiB, where there is one.
    """

    seconds: float
    peak_memory: float
    lines: int
    loader_memory: float | None = None

    @property
    def lines_per_second(self) -> float:
        """Lines written per second of the whole process."""
        return self.lines / self.seconds


def measure(
    command: Sequence[str], environment: Mapping[str, str] | None = None, output: Path | None = None
) -> Measurement:
    """Run a command, its stdout going to ``wc -l``, and measure it.

    Args:
        command: The program and its arguments.
        environment: Variables to add.
        output: Where its stdout is kept; None if it is not.

    Raises:
        RuntimeError: It failed.
    """
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            ["sh", "-c", KEEP_AND_COUNT if output else COUNT, str(output)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as count,
    ):
        side = _start_accounted(command, None, count.stdin, log, environment)
        assert count.stdin is not None
        assert count.stdout is not None
        count.stdin.close()
        seconds, peak = side.wait(log)
        return Measurement(seconds, peak, int(count.stdout.read()))


def measure_pipeline(tap: Sequence[str], target: Sequence[str], log: Path) -> Measurement:
    """Run a tap and a target, and measure both; the lines are left to be counted.

    Args:
        tap: The tap's command.
        target: The target's.
        log: Where both may write their log.

    Raises:
        RuntimeError: One of them failed.
    """
    began = time.perf_counter()
    with log.open("w+b") as errors:
        first = _start_accounted(tap, subprocess.DEVNULL, subprocess.PIPE, errors)
        second = _start_accounted(target, first.process.stdout, subprocess.DEVNULL, errors)
        assert first.process.stdout is not None
        first.process.stdout.close()
        peaks = [side.wait(errors)[1] for side in (second, first)]
    return Measurement(time.perf_counter() - began, peaks[1], 0, loader_memory=peaks[0])


@dataclass(frozen=True)
class _Accounted:
    command: Sequence[str]
    process: subprocess.Popen[bytes]
    report: int

    def wait(self, log: IO[bytes]) -> tuple[float, float]:
        """Wait for its end, and return its seconds and its peak memory in MiB."""
        self.process.wait()
        with os.fdopen(self.report, encoding="utf-8") as report:
            status, seconds, peak = report.read().split()
        if int(status):
            log.seek(0)
            raise RuntimeError(f"{self.command[0]} failed:\n{log.read().decode()[-2000:]}")
        return float(seconds), int(peak) / KIBIBYTES_PER_MEBIBYTE


def _start_accounted(
    command: Sequence[str],
    stdin: IO[bytes] | int | None,
    stdout: IO[bytes] | int | None,
    stderr: IO[bytes],
    environment: Mapping[str, str] | None = None,
) -> _Accounted:
    near, far = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", ACCOUNTING, str(far), *command],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        pass_fds=[far],
        env={**os.environ, **(environment or {})},
    )
    os.close(far)
    return _Accounted(command, process, near)


def measure_in_turns(
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
