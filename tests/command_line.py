"""Run a tap by its command line, in one line of a test, or start it and watch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypedDict

from singer_tapkit.testing import SingerOutput, read_messages, select_streams
from tests.processes import build_command, discover_catalog, find_program, run_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from typing_extensions import Unpack


WITH_ALL_STATES = (sys.executable, "-m", "tests.eager_states")


class Given(TypedDict, total=False):
    """What a run can be given beside its settings."""

    state: Mapping[str, Any] | None
    catalog: Mapping[str, Any] | None


@dataclass(frozen=True)
class Run:
    """A finished run of a tap.

    Attributes:
        output: What it wrote, every record of which fits the schema that came before it.
        log: Its stderr.
        status: Its exit status.
    """

    output: SingerOutput
    log: str
    status: int

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """The records of each stream."""
        return self.output.records

    @property
    def state(self) -> dict[str, Any]:
        """The last state."""
        return self.output.state


class CommandLine:
    """A tap's command line.

    Attributes:
        name: The package's name.
        is_dynamic: Whether the catalog depends on the settings.
    """

    name: ClassVar[str]
    is_dynamic: ClassVar[bool] = False

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

    def run(self, settings: Mapping[str, Any], *streams: str, **given: Unpack[Given]) -> Run:
        """Run the tap to its end, with these streams selected or else the usual ones."""
        finished = run_program(self.command(settings, *streams, **given))
        output = read_messages(finished.stdout.encode().splitlines())
        return Run(output, finished.stderr, finished.returncode)

    def succeed(self, settings: Mapping[str, Any], *streams: str, **given: Unpack[Given]) -> Run:
        """Run the tap, which must not fail."""
        run = self.run(settings, *streams, **given)
        assert run.status == 0, drop_information(run.log)
        return run

    def fail(self, settings: Mapping[str, Any], *streams: str, **given: Unpack[Given]) -> Run:
        """Run the tap, which must fail, and say why in words instead of a traceback."""
        run = self.run(settings, *streams, **given)
        assert run.status != 0, drop_information(run.log)
        assert "Traceback" not in run.log, drop_information(run.log)
        return run

    def start(
        self, settings: Mapping[str, Any], *streams: str, **given: Unpack[Given]
    ) -> subprocess.Popen[str]:
        """Start the tap; what it writes must be read."""
        return self._start(self.command(settings, *streams, **given))

    def start_with_all_states(
        self, settings: Mapping[str, Any], *streams: str
    ) -> subprocess.Popen[str]:
        """Start the tap, which writes each change of its state at once."""
        return self._start([*WITH_ALL_STATES, *self.command(settings, *streams)])

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def run_with(
        self,
        *arguments: str,
        settings: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run the tap with these arguments."""
        command = [find_program(self.name)]
        if settings is not None:
            command = build_command(self.name, settings, self._directory)
        return run_program([*command, *arguments], {**os.environ, **(environment or {})})

    def command(
        self, settings: Mapping[str, Any], *streams: str, **given: Unpack[Given]
    ) -> list[str]:
        """Write the files that a run needs, and return its command."""
        if streams and "catalog" not in given:
            found = discover_catalog(self.name, settings if self.is_dynamic else None)
            given["catalog"] = select_streams(found, streams)
        return build_command(self.name, settings, self._directory, **given)


def drop_information(log: str) -> str:
    """Return a log without the lines that only inform."""
    return "\n".join(line for line in log.splitlines() if "| INFO " not in line)


def read_lines(process: subprocess.Popen[str], count: int) -> list[str]:
    """Return the next whole lines of a process, or all that are left."""
    assert process.stdout is not None
    lines = (process.stdout.readline() for _ in range(count))
    return [line for line in lines if line.endswith("\n")]


def read_until(process: subprocess.Popen[str], text: str) -> list[str]:
    """Return the next lines, up to one that holds a text."""
    lines = read_lines(process, 1)
    while text not in lines[-1]:
        following = read_lines(process, 1)
        assert following, f"the run ended without {text}"
        lines += following
    return lines


def stop(process: subprocess.Popen[str], how: int) -> list[str]:
    """Stop a process, and return the whole lines that it had written, or still writes."""
    assert process.stdout is not None
    process.send_signal(how)
    lines = process.stdout.readlines()
    process.wait(timeout=60)
    return [line for line in lines if line.endswith("\n")]


def messages(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return Singer messages, as far as their lines are whole."""
    return [json.loads(line) for line in lines if line.endswith("\n")]
