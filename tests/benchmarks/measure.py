"""Measure whole processes from outside, by the operating system's own accounting."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KIBIBYTES_PER_MEBIBYTE = 1024


@dataclass(frozen=True)
class Measurement:
    """What a process took.

    Attributes:
        seconds: From start to end.
        peak_memory: In MiB, resident.
        lines: Written to stdout.
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
    count = subprocess.Popen(["wc", "-l"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=count.stdin,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    assert count.stdin is not None
    assert count.stdout is not None
    assert process.stderr is not None
    count.stdin.close()
    log = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    counted = count.stdout.read()
    count.wait()
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{log.decode()[-2000:]}")
    return Measurement(seconds, usage.ru_maxrss / KIBIBYTES_PER_MEBIBYTE, int(counted))
