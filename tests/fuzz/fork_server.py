"""Run a tap many times in forks of one process that has imported it once.

Start it as a program with the tap's name. Each line on stdin is a job, each on stdout a result.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REAL_SLEEP_SECONDS = 0.02
"""What a wait takes at most, so that the services get on with what a tap waits for."""


@dataclass(frozen=True)
class Job:
    """A run of the tap.

    Attributes:
        arguments: The arguments of the command line.
        directory: Where the run writes ``output`` and ``log``, and may have temporary files.
        time_limit: The real seconds it may take.
    """

    arguments: list[str]
    directory: str
    time_limit: float


class ForkServer:
    """The process that runs a tap."""

    def __init__(self, tap: str, process: subprocess.Popen[str]) -> None:
        """Use a process.

        Args:
            tap: The tap's name.
            process: The process, started.
        """
        self._tap = tap
        self._process = process

    def run(self, job: Job) -> int | None:
        """Run the tap.

        Returns:
            The exit status, None if it took too long and was killed.

        Raises:
            RuntimeError: The process has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process that runs {self._tap} has ended")
        return cast("int | None", json.loads(answer))


@contextlib.contextmanager
def start(tap: str) -> Iterator[ForkServer]:
    """Start the process that runs a tap, until the block is left."""
    command = [sys.executable, "-m", __name__, tap]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield ForkServer(tap, process)
        assert process.stdin is not None
        process.stdin.close()


def skip_waits() -> None:
    """Let sleeping take no time, but let the monotonic clock advance by it."""
    real_sleep, real_clock, lock = time.sleep, time.monotonic, threading.Lock()
    ahead = 0.0

    def monotonic() -> float:
        return real_clock() + ahead

    def sleep(seconds: float) -> None:
        nonlocal ahead
        end = monotonic() + seconds
        real_sleep(min(seconds, REAL_SLEEP_SECONDS))
        with lock:
            ahead = max(ahead, end - real_clock())

    vars(time).update(sleep=sleep, monotonic=monotonic)


def main() -> None:
    """Import the tap and run it until stdin ends."""
    skip_waits()
    tap = sys.argv[1]
    (entry,) = entry_points(group="console_scripts", name=tap)
    run = entry.load()
    gc.collect()
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        job = Job(**json.loads(line))
        child = os.fork()
        if not child:
            _become(job, tap, run)
        sys.stdout.write(json.dumps(_wait(child, job.time_limit)) + "\n")
        sys.stdout.flush()


def _become(job: Job, tap: str, run: Callable[[], object]) -> None:
    """Do what the tap's own program does."""
    flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(Path(job.directory, "output"), flags), 1)
    os.dup2(os.open(Path(job.directory, "log"), flags), 2)
    temporary = Path(job.directory, "temporary")
    temporary.mkdir(exist_ok=True)
    os.environ["TMPDIR"] = str(temporary)
    sys.argv = [tap, *job.arguments]
    sys.exit(run())  # type: ignore[arg-type]


def _wait(child: int, time_limit: float) -> int | None:
    descriptor = os.pidfd_open(child)
    try:
        ended, _, _ = select.select([descriptor], [], [], time_limit)
        if not ended:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(descriptor)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    main()
