"""Run the small tap, in this process or in one of its own, and read what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from singer_tapkit.fake_server import FakeResponse
from singer_tapkit.testing import read_messages, run_tap
from tests.singer_tapkit.small_tap import SmallTap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from click.testing import Result

    from singer_tapkit.fake_server import FakeServer
    from singer_tapkit.testing import SingerOutput, TapRun

    Invoke = Callable[..., Result]

KEY = "sentinel-key"
PATIENCE_SECONDS = 25
"""How long a run may take to end, on a busy machine."""


def make_settings(server: FakeServer, **more: Any) -> dict[str, Any]:
    return {"api_key": KEY, "url": server.url, **more}


def configure_files(folder: Path, **more: Any) -> dict[str, Any]:
    """Return the setting that has records go out in files."""
    return {"encoding": {"format": "jsonl"}, "storage": {"root": folder.as_uri()}, **more}


def write_config(folder: Path, config: Any) -> str:
    path = folder / "config.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    return str(path)


def invoke_tap(tap: type[SmallTap], folder: Path, config: Any, *arguments: str) -> Result:
    command = tap.get_singer_command()
    return CliRunner().invoke(command, ["--config", write_config(folder, config), *arguments])


def read_output(finished: Result) -> SingerOutput:
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


def make_orders(*numbers: int) -> FakeResponse:
    return FakeResponse(json=[{"id": number} for number in numbers])


def run_orders(
    server: FakeServer,
    accounts: Sequence[str],
    state: dict[str, Any] | None = None,
    catalog: dict[str, Any] | None = None,
    **more: Any,
) -> TapRun:
    """Read the orders of these accounts."""
    config = make_settings(server, accounts=list(accounts), **more)
    return run_tap(SmallTap, config, state=state, catalog=catalog, select=["orders"])


def read_bookmarks(state: dict[str, Any]) -> dict[str, Any]:
    partitions = state["bookmarks"]["orders"].get("partitions", [])
    return {
        entry["context"]["account"]: entry["replication_key_value"]
        for entry in partitions
        if "replication_key_value" in entry
    }
