"""Fixtures: a server, and the tap itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tap_gotom.command_line import CommandLineTap
from tests.tap_gotom.servers import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tap_gotom.servers import GoTomServer


@pytest.fixture
def server() -> Iterator[GoTomServer]:
    with serve() as server:
        yield server


@pytest.fixture(autouse=True)
def _short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs in this process not wait long before a retry."""
    monkeypatch.setattr("singer_tapkit.retry.MAX_BACKOFF", 0.01)


@pytest.fixture
def command_line(tmp_path: Path) -> Iterator[CommandLineTap]:
    with CommandLineTap(tmp_path) as tap:
        yield tap
