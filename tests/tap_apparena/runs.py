"""Run the tap in one line of a test, or start it and watch."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from tests.processes import run_program
from tests.singer import Output, lines_of, program, read_output
from tests.singer import catalog as discovered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NAME = "tap-apparena"


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        output: What it wrote, told apart.
        messages: What it wrote, in order.
        log: Its stderr.
        status: Its exit status.
    """

    output: Output
    messages: list[dict[str, Any]]
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

    def kinds(self, stream: str) -> list[str]:
        """The types of the messages about a stream, in order."""
        return [message["type"] for message in self.messages if message.get("stream") == stream]


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
        catalog: Mapping[str, Any] | None = None,
    ) -> Run:
        """Run the tap to its end, with these streams selected or else the usual ones."""
        command = self._command(settings, streams, state, catalog)
        return finished(run_program(command))

    def succeed(
        self,
        settings: Mapping[str, Any],
        *streams: str,
        state: Mapping[str, Any] | None = None,
        catalog: Mapping[str, Any] | None = None,
    ) -> Run:
        """Run the tap, which must not fail."""
        run = self.run(settings, *streams, state=state, catalog=catalog)
        assert run.status == 0, trouble_in(run.log)
        return run

    def fail(
        self,
        settings: Mapping[str, Any],
        *streams: str,
        state: Mapping[str, Any] | None = None,
        catalog: Mapping[str, Any] | None = None,
    ) -> Run:
        """Run the tap, which must fail, and say why in words instead of a traceback."""
        run = self.run(settings, *streams, state=state, catalog=catalog)
        assert run.status != 0, trouble_in(run.log)
        assert "Traceback" not in run.log, trouble_in(run.log)
        return run

    def start(
        self,
        settings: Mapping[str, Any],
        *streams: str,
        catalog: Mapping[str, Any] | None = None,
    ) -> subprocess.Popen[str]:
        """Start the tap; what it writes must be read."""
        process = subprocess.Popen(
            self._command(settings, streams, None, catalog),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def discover(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Give the catalog."""
        found = self.run_with("--discover", settings=settings)
        assert found.returncode == 0, found.stderr
        catalog: dict[str, Any] = json.loads(found.stdout)
        return catalog

    def run_with(
        self,
        *arguments: str,
        settings: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run the tap with these arguments."""
        command = [program(NAME), *arguments]
        if settings is not None:
            command += ["--config", self._written("config", settings)]
        return run_program(command, environment)

    def _command(
        self,
        settings: Mapping[str, Any],
        streams: Iterable[str],
        state: Mapping[str, Any] | None,
        catalog: Mapping[str, Any] | None,
    ) -> list[str]:
        command = [program(NAME), "--config", self._written("config", settings)]
        if streams and catalog is None:
            catalog = discovered(NAME, set(streams))
        if catalog is not None:
            command += ["--catalog", self._written("catalog", catalog)]
        if state is not None:
            command += ["--state", self._written("state", state)]
        return command

    def _written(self, name: str, content: Mapping[str, Any]) -> str:
        path = self._directory / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return os.fspath(path)


def selecting(catalog: dict[str, Any], *streams: str) -> dict[str, Any]:
    """Select these streams and no others."""
    names = {stream["tap_stream_id"] for stream in catalog["streams"]}
    assert set(streams) <= names, names
    for stream in catalog["streams"]:
        root = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
        root["metadata"]["selected"] = stream["tap_stream_id"] in streams
    return catalog


def finished(process: subprocess.CompletedProcess[str]) -> Run:
    """Read what a process has written."""
    lines = lines_of(process.stdout)
    messages = [json.loads(line) for line in lines]
    return Run(read_output(lines), messages, process.stderr, process.returncode)


def trouble_in(log: str) -> str:
    """A log without the lines that only inform."""
    return "\n".join(line for line in log.splitlines() if "| INFO " not in line)
