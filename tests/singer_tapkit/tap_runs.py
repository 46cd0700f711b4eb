"""Run the small tap, in this process or in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from singer_tapkit.testing import read_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from singer_tapkit.fake_server import FakeServer
    from singer_tapkit.testing import SingerOutput
    from tests.singer_tapkit.small_tap import SmallTap

    Invoke = Callable[..., Result]

KEY = "sentinel-key"
PATIENCE_SECONDS = 25
"""How long a run may take to end, on a busy machine."""


def make_settings(server: FakeServer, **more: Any) -> dict[str, Any]:
    """Return settings for a server."""
    return {"api_key": KEY, "url": server.url, **more}


def configure_files(folder: Path, **more: Any) -> dict[str, Any]:
    """Return the setting that has records go out in files."""
    return {"encoding": {"format": "jsonl"}, "storage": {"root": folder.as_uri()}, **more}


def write_config(folder: Path, config: Any) -> str:
    """Write settings to a file, and return its name."""
    path = folder / "config.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    return str(path)


def invoke_tap(tap: type[SmallTap], folder: Path, config: Any, *arguments: str) -> Result:
    """Run a tap's command line in this process."""
    command = tap.get_singer_command()
    return CliRunner().invoke(command, ["--config", write_config(folder, config), *arguments])


def read_output(finished: Result) -> SingerOutput:
    """Return the messages of a run."""
    return read_messages(finished.stdout_bytes.splitlines())


@contextmanager
def run_process(folder: Path, config: Any, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the small tap as a process of its own."""
    command = [sys.executable, "-m", "tests.singer_tapkit.small_tap"]
    with subprocess.Popen(
        [*command, "--config", write_config(folder, config), *arguments],
        bufsize=0,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        try:
            yield running
        finally:
            running.kill()
