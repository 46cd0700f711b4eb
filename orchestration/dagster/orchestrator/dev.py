"""Run Dagster on this machine, with its page: ``python -m orchestrator.dev``.

With Meltano's environment ``sandbox``, the servers of the sandbox run beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import prepare
from orchestrator.meltano_file import find_project

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = Path(__file__).parents[1] / "dagster.yaml"
HOST = "127.0.0.1"
PORT = 3000


def main() -> None:
    """Prepare everything, and run Dagster until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m orchestrator.dev", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="of the page; default: %(default)s")
    port = parser.parse_args().port
    project = find_project()
    os.environ["MELTANO_PROJECT_ROOT"] = str(project)
    os.environ.setdefault("DAGSTER_HOME", str(project / ".dagster"))
    _make_home(Path(os.environ["DAGSTER_HOME"]))
    prepare.main()
    _write(f"The page will be at http://{HOST}:{port} in some seconds. Stop with Ctrl-C.")
    # A shell's background processes ignore it, and so would all that are started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with _run_sandbox(project):
        _run_dagster(port)


def _run_dagster(port: int) -> None:
    """Run Dagster to its end, and have it end in order when this process is asked to."""
    command = [
        *(sys.executable, "-m", "dagster", "dev"),
        *("-m", "orchestrator.definitions"),
        *("-h", HOST, "-p", str(port), "--log-level", "warning"),
    ]
    with subprocess.Popen(command) as dagster:  # noqa: S603
        signal.signal(signal.SIGTERM, lambda *_: dagster.send_signal(signal.SIGINT))
        # Ctrl-C reaches all processes of a terminal: Dagster ends, and this one waits for that.
        signal.signal(signal.SIGINT, lambda *_: None)


def _make_home(home: Path) -> None:
    """Make the folder where Dagster keeps its own things; settings that are there stay."""
    home.mkdir(parents=True, exist_ok=True)
    if not (home / SETTINGS.name).exists():
        shutil.copy(SETTINGS, home)


@contextlib.contextmanager
def _run_sandbox(project: Path) -> Iterator[None]:
    """Serve the sandbox until the block is left, if it is what is read."""
    if os.environ.get("MELTANO_ENVIRONMENT") != "sandbox":
        yield
        return
    command = [sys.executable, "-m", "tests.sandbox"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL) as server:  # noqa: S603
        try:
            yield
        finally:
            server.terminate()


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
