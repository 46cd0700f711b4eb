"""The taps of ``docs/upstream.md``, run as they stand there: the SDK still has each gap."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk import Tap

from singer_tapkit.fake_server import FakeResponse, FakeServer
from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Messages = list[dict[str, Any]]
    Run = Callable[..., tuple[Messages, subprocess.CompletedProcess[str]]]

PAGE = REPOSITORY / "docs" / "upstream.md"
BLOCK = r"^## {}\n\n```python\n(.*?)^```$"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the tap below a heading, and return its messages and the process."""

    def run_tap(heading: str, config: str = "{}", **variables: str) -> Any:
        code = re.search(
            BLOCK.format(heading), PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
        assert code, heading
        (tmp_path / "tap.py").write_text(code[1], encoding="utf-8")
        (tmp_path / "config.json").write_text(config, encoding="utf-8")
        finished = subprocess.run(
            [sys.executable, "tap.py", "--config=config.json"],
            cwd=tmp_path,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return [json.loads(line) for line in finished.stdout.splitlines()], finished

    return run_tap


def test_the_state_of_a_partition_is_lost_when_a_later_one_fails(run: Run) -> None:
    messages, finished = run("State of finished partitions")

    assert finished.returncode == 1
    assert [message["record"]["id"] for message in messages if message["type"] == "RECORD"] == [7]
    assert not [m for m in messages if m["type"] == "STATE" and '"one"' in json.dumps(m)]


def test_a_signal_ends_a_run_with_status_0(run: Run) -> None:
    messages, finished = run("Exit status after a signal")

    assert [message["record"]["id"] for message in messages if message["type"] == "RECORD"] == [1]
    assert finished.returncode == 0


@pytest.mark.long(seconds=6)
def test_retry_after_is_not_obeyed(run: Run) -> None:
    with FakeServer() as server:
        server.respond(
            "/orders",
            FakeResponse(status=429, headers={"Retry-After": "60"}),
            FakeResponse(json=[]),
        )
        begun = monotonic()
        _, finished = run("Retry-After", SHOP_URL=server.url)

    assert finished.returncode == 0, finished.stderr
    assert monotonic() - begun < 60


def test_a_setting_may_be_null_although_it_has_a_default(run: Run) -> None:
    messages, finished = run("Settings that are null", '{"page_size": null}')

    assert finished.returncode == 0
    assert [m["record"] for m in messages if m["type"] == "RECORD"] == [{"page_size": None}]


def test_no_method_of_the_tap_is_called_after_a_failure(run: Run) -> None:
    _, finished = run("The end of a run")

    assert finished.returncode == 1
    before, after = finished.stderr.split("failed\n")
    assert "called sync_all" in before
    called = set(re.findall(r"^called (\w+)$", after, re.MULTILINE))
    assert {name for name in called if callable(getattr(Tap, name, None))} == set()


def test_a_schema_comes_once_for_each_parent(run: Run) -> None:
    messages, finished = run("Schema of child streams")

    assert finished.returncode == 0
    schemas = [m for m in messages if m["type"] == "SCHEMA" and m["stream"] == "items"]
    assert len(schemas) == 3
