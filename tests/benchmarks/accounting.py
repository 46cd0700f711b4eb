"""Run a command and write what it took, from a process that has next to no memory itself.

Linux counts what a process has in memory at the moment when it starts another one to the peak of
that one, so that `measure` must not start what it measures. The first argument is the descriptor to
which the exit status, the seconds and the peak memory in KiB are written.
"""

from __future__ import annotations

import os
import sys
import time


def main(report: int, command: list[str]) -> None:
    """Run a command to its end."""
    started = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    figures = f"{os.waitstatus_to_exitcode(status)} {seconds} {usage.ru_maxrss}"
    os.write(report, figures.encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
