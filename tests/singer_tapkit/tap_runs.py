"""Run the small tap, in this process or in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from singer_tapkit.fake_server import FakeServer
    from tests.singer_tapkit.small_tap import SmallTap


KEY = "sentinel-key"
PATIENCE_SECONDS = 25
"""How long a run may take to end, on a busy machine."""


def settings(server: FakeServer, **more: Any) -> dict[str, Any]:
    """Return settings for a server."""
    return {"api_key": KEY, "url": server.url, **more}


def config_file(folder: Path, config: Any) -> str:
    """Write settings to a file, and return its name."""
    path = folder / "config.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    return str(path)


def invoke(tap: type[SmallTap], folder: Path, config: Any, *arguments: str) -> Result:
    """Run a tap's command line in this process."""
    command = tap.get_singer_command()
    return CliRunner().invoke(command, ["--config", config_file(folder, config), *arguments])


@contextmanager
def process(folder: Path, config: Any, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the small tap as a process of its own."""
    command = [sys.executable, "-m", "tests.singer_tapkit.small_tap"]
    with subprocess.Popen(
        [*command, "--config", config_file(folder, config), *arguments],
        bufsize=0,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        try:
            yield running
        finally:
            running.kill()
