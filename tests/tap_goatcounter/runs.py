"""Run the tap in one line of a test, or start it and watch."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, Self

from tests.singer import Run, command_of, run_tap

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

NAME = "tap-goatcounter"


class Tap:
    """The tap's command line."""

    def __init__(self, directory: Path) -> None:
        """Keep config, catalog and state in a directory."""
        self._directory = directory
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End whatever still runs."""
        for process in self._started:
            process.kill()
            process.communicate()

    def run(
        self,
        settings: Mapping[str, Any],
        *streams: str,
        state: Mapping[str, Any] | None = None,
        arguments: Iterable[str] = (),
    ) -> Run:
        """Run the tap to its end, with these streams selected or else the usual ones."""
        return run_tap(
            NAME, settings, self._directory, select=streams, state=state, arguments=arguments
        )

    def succeed(
        self,
        settings: Mapping[str, Any],
        *streams: str,
        state: Mapping[str, Any] | None = None,
    ) -> Run:
        """Run the tap, which must not fail."""
        run = self.run(settings, *streams, state=state)
        assert run.status == 0, trouble_in(run.log)
        return run

    def fail(
        self,
        settings: Mapping[str, Any],
        *streams: str,
        state: Mapping[str, Any] | None = None,
    ) -> Run:
        """Run the tap, which must fail, and say why in words instead of a traceback."""
        run = self.run(settings, *streams, state=state)
        assert run.status != 0, trouble_in(run.log)
        assert "Traceback" not in run.log, trouble_in(run.log)
        return run

    def start(
        self,
        settings: Mapping[str, Any],
        *streams: str,
        state: Mapping[str, Any] | None = None,
    ) -> subprocess.Popen[str]:
        """Start the tap; what it writes must be read."""
        process = subprocess.Popen(
            command_of(NAME, settings, self._directory, select=streams, state=state),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def run_with(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the tap with these arguments alone."""
        program = command_of(NAME, {}, self._directory)[0]
        return subprocess.run(
            [program, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, **(environment or {})},
        )


def trouble_in(log: str) -> str:
    """A log without the lines that only inform."""
    return "\n".join(line for line in log.splitlines() if "| INFO " not in line)


def messages(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Singer messages, as far as their lines are whole."""
    for line in lines:
        if line.endswith("\n"):
            yield json.loads(line)


def read_lines(process: subprocess.Popen[str], count: int) -> list[str]:
    """The next whole lines of a process, or all that are left."""
    assert process.stdout is not None
    lines = (process.stdout.readline() for _ in range(count))
    return [line for line in lines if line.endswith("\n")]


def read_until(process: subprocess.Popen[str], text: str) -> list[str]:
    """The next lines, up to one that holds a text."""
    lines = read_lines(process, 1)
    while text not in lines[-1]:
        following = read_lines(process, 1)
        assert following, f"the run ended without {text}"
        lines += following
    return lines


def stop(process: subprocess.Popen[str], how: signal.Signals) -> list[str]:
    """Stop a process; gives the whole lines that it had written, or still writes."""
    assert process.stdout is not None
    process.send_signal(how)
    lines = process.stdout.readlines()
    process.wait(timeout=60)
    return [line for line in lines if line.endswith("\n")]
