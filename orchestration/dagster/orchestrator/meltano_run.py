"""Run one slice of a pipeline by ``meltano el``, in a process of its own.

Several at once in one project do not disturb each other, as long as their states have different
names: ``el`` keeps its files in a folder per run, where ``meltano run`` has one per tap.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from orchestrator.meltano_log import MeltanoLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from orchestrator.meltano_file import Pipeline

SECONDS_TO_STOP = 60
"""How long a run that was asked to stop may take to write its state."""


@dataclass(frozen=True)
class Task:
    """What one process of Meltano is to do.

    Attributes:
        pipeline: The tap and the loader.
        slice_name: Which slice, such as ``3/8``; None for the whole.
        streams: Which streams; none for those that are selected anyway.
        full_refresh: Whether everything is read again.
        variables: Environment variables for Meltano and its plugins.
        run_id: What Meltano calls the run.
    """

    pipeline: Pipeline
    slice_name: str | None = None
    streams: Sequence[str] = ()
    full_refresh: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    run_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def state_id(self) -> str:
        """The name of the state, in which a file system has nothing to interpret."""
        if self.slice_name is None:
            return self.pipeline.state_id
        return f"{self.pipeline.state_id}:{self.slice_name.replace('/', '-of-')}"

    @property
    def command(self) -> list[str]:
        """The command, which dies with the process that starts it."""
        setpriv = shutil.which("setpriv")
        return [
            *((setpriv, "--pdeathsig", "TERM") if setpriv else ()),
            find_meltano(),
            "--log-level=info",
            "--log-format=json",
            "el",
            f"--state-id={self.state_id}",
            f"--run-id={self.run_id}",
            *(("--full-refresh",) if self.full_refresh else ()),
            *(f"--select={stream}" for stream in self.streams),
            self.pipeline.extractor,
            self.pipeline.loader,
        ]

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of the process."""
        variables = {**os.environ, **self.variables, "NO_COLOR": "1"}
        if self.slice_name is not None:
            variables[f"{self.pipeline.extractor.replace('-', '_').upper()}_SLICE"] = (
                self.slice_name
            )
        return variables


@dataclass(frozen=True)
class Result:
    """How a run has ended.

    Attributes:
        status: The exit status of Meltano, negative if a signal has ended it.
        log: What was read from its log.
    """

    status: int
    log: MeltanoLog

    @property
    def may_pass(self) -> bool:
        """Whether another try may go well, with nothing changed."""
        return self.status < 0 or self.log.may_pass

    @property
    def reason(self) -> str:
        """Why the run has failed."""
        return "\n".join(self.log.sentences) or f"Meltano has ended with status {self.status}."


def find_meltano() -> str:
    """Return the path of Meltano: the one beside this Python, or the first on the PATH."""
    beside = Path(sys.executable).with_name("meltano")
    return str(beside) if beside.exists() else "meltano"


def run_task(project: Path, task: Task, write: Callable[[str], object] = print) -> Result:
    """Run Meltano to its end.

    Args:
        project: The folder of the project.
        task: What it is to do.
        write: Takes each line of the log that is for people.
    """
    log = MeltanoLog()
    try:
        with _start(project, task) as process:
            for line in process.stderr or ():
                if text := log.read(line):
                    write(text)
            status = process.wait()
    finally:
        _remove_files(project, task.run_id)
    return Result(status, log)


@contextlib.contextmanager
def _start(project: Path, task: Task) -> Iterator[subprocess.Popen[str]]:
    """Start Meltano, and see that it stops when the block is left."""
    with subprocess.Popen(  # noqa: S603
        task.command,
        cwd=project,
        env=task.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()


def _remove_files(project: Path, run_id: str) -> None:
    """Remove the files of a run, half a megabyte, which Meltano leaves behind."""
    system = Path(os.environ.get("MELTANO_SYS_DIR_ROOT", project / ".meltano"))
    for directory in system.glob(f"run/elt/*/{run_id}"):
        shutil.rmtree(directory, ignore_errors=True)
