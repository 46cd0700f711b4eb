"""Run the tap in one line of a test, or start it and watch."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, Self

from tests.processes import run_program
from tests.singer import Run, catalog, lines_of, program, read_output

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NAME = "tap-studio-openapi"


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
    ) -> Run:
        """Run the tap to its end, with these streams selected or else the usual ones."""
        finished = run_program(self._command(settings, streams, state))
        output = read_output(lines_of(finished.stdout))
        return Run(output, finished.stderr, finished.returncode)

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
            self._command(settings, streams, state),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._started.append(process)
        return process

    def discover(self, settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Give the streams of the catalog, by name."""
        finished = self.run_with("--discover", settings=settings)
        assert finished.returncode == 0, finished.stderr
        streams = json.loads(finished.stdout)["streams"]
        return {stream["tap_stream_id"]: stream for stream in streams}

    def run_with(
        self, *arguments: str, settings: Mapping[str, Any] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the tap with these arguments."""
        command = [program(NAME), *arguments]
        if settings is not None:
            command += ["--config", self._written("config", settings)]
        return self._finished(command)

    def _finished(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return run_program(command)

    def _command(
        self,
        settings: Mapping[str, Any],
        streams: Iterable[str],
        state: Mapping[str, Any] | None,
    ) -> list[str]:
        command = [program(NAME), "--config", self._written("config", settings)]
        if selected := set(streams):
            chosen = catalog(NAME, selected)
            command += ["--catalog", self._written("catalog", chosen)]
        if state is not None:
            command += ["--state", self._written("state", state)]
        return command

    def _written(self, name: str, content: Mapping[str, Any]) -> str:
        path = self._directory / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return os.fspath(path)


def trouble_in(log: str) -> str:
    """A log without the lines that only inform."""
    return "\n".join(line for line in log.splitlines() if "| INFO " not in line)
