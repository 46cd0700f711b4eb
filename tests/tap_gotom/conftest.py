"""Fixtures: a server, and the tap itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.gotom import GoTom
from tests.tap_gotom.command_line import CommandLineTap
from tests.tap_gotom.servers import API_SECRET, GRAPH_SECRET, GoTomServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sandbox() -> GoTom:
    sandbox = GoTom()
    sandbox.add_user("graph_user", GRAPH_SECRET, ["reports"])
    sandbox.add_user("api_user", API_SECRET, ["api"])
    return sandbox


@pytest.fixture
def server(sandbox: GoTom) -> Iterator[GoTomServer]:
    with sandbox.serve() as url:
        yield GoTomServer(url, sandbox)


@pytest.fixture(autouse=True)
def _short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs in this process not wait long before a retry."""
    monkeypatch.setattr("singer_tapkit.retry.MAX_BACKOFF", 0.01)


@pytest.fixture
def command_line(tmp_path: Path) -> Iterator[CommandLineTap]:
    with CommandLineTap(tmp_path) as tap:
        yield tap
