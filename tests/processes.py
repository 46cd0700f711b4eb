"""Run taps and Meltano in processes of their own that need not import everything anew.

A fresh Python spends a second on imports before a program's first word. Here a helper process
imports the taps and most of Meltano once, and each run is forked from that.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TIME_LIMIT_SECONDS = 600
MELTANO = "meltano"
PROGRAMS: dict[str, EntryPoint] = {
    entry.name: entry
    for entry in entry_points(group="console_scripts")
    if entry.name.startswith("tap-") or entry.name == MELTANO
}
OF_MELTANO = "meltano.core.project"
"""What takes long to import; the package with the commands would also set up logging."""
CLOCK = "tests.fuzz.clock"
FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(
    [CLOCK, OF_MELTANO, *(entry.module for entry in PROGRAMS.values() if entry.name != MELTANO)]
)


def find_program(name: str) -> str:
    """Return the path of a program beside the running Python."""
    return str(Path(sys.executable).with_name(name))


def build_command(
    name: str,
    config: Mapping[str, Any],
    directory: Path,
    *,
    catalog: Mapping[str, Any] | None = None,
    state: Mapping[str, Any] | None = None,
) -> list[str]:
    """Write the files that a run needs, and return its command.

    Args:
        name: The package's name, e.g. ``tap-goatcounter``.
        config: The settings.
        directory: Where config, catalog and state may be written.
        catalog: The catalog, None for the default selection.
        state: The state to start from.
    """
    command = [find_program(name)]
    for option, content in (("config", config), ("catalog", catalog), ("state", state)):
        if content is not None:
            file = directory / f"{option}.json"
            file.write_text(json.dumps(content), encoding="utf-8")
            command += [f"--{option}", str(file)]
    return command


def discover_catalog(name: str, config: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the catalog of a tap, without settings where they make no difference."""
    if config is None:
        return json.loads(_discover(name))  # type: ignore[no-any-return]
    with TemporaryDirectory() as directory:
        command = build_command(name, config, Path(directory))
        return json.loads(run_program([*command, "--discover"]).stdout)  # type: ignore[no-any-return]


def run_program(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    working_directory: Path | None = None,
    *,
    before: Callable[[], object] | None = None,
    time_limit: float = TIME_LIMIT_SECONDS,
) -> CompletedProcess[str]:
    """Run a tap or Meltano to its end.

    Args:
        command: Its program and arguments.
        environment: Its variables; None for those of this process.
        working_directory: Where it runs; None for where this process does.
        before: What its process does first.
        time_limit: The seconds it may take.

    Returns:
        Its exit status, stdout and stderr; bytes that are no UTF-8 are surrogates.

    Raises:
        TimeoutExpired: It does not end. The error has its stdout and stderr.
    """
    entry = PROGRAMS[Path(command[0]).name]
    variables = dict(os.environ if environment is None else environment)
    with TemporaryDirectory() as directory:
        files = Path(directory, "output"), Path(directory, "log")
        process = FORKING.Process(
            target=_become,
            args=(entry, list(command), variables, working_directory or Path.cwd(), files, before),
        )
        process.start()
        process.join(time_limit)
        status = process.exitcode
        process.kill()
        process.join()
        output, log = (file.read_text("utf-8", "surrogateescape") for file in files)
        if status is None:
            raise TimeoutExpired(command, time_limit, output, log)
        return CompletedProcess(command, status, output, log)


def find_free_port() -> int:
    """Return a port of this machine at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@cache
def _discover(name: str) -> str:
    return run_program([find_program(name), "--discover"]).stdout


def _become(
    entry: EntryPoint,
    command: list[str],
    variables: dict[str, str],
    directory: Path,
    files: tuple[Path, Path],
    before: Callable[[], object] | None,
) -> None:
    """Do in a forked process what the program itself does, its stdout and stderr in files."""
    for descriptor, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_CREAT | os.O_WRONLY), descriptor)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = command
    run = entry.load()
    if before:
        before()
    sys.exit(run())
