"""What tests of the library share."""

from __future__ import annotations

import logging
import os
import signal
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.fake_server import FakeResponse, FakeServer
from tests.singer_tapkit.small_tap import SmallTap
from tests.singer_tapkit.tap_runs import invoke_tap, make_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from tests.singer_tapkit.tap_runs import Invoke


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests go to the servers of the tests whatever the environment says."""
    for name in os.environ:
        if name.lower().endswith("_proxy") or name in {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}:
            monkeypatch.delenv(name)


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been slept between tries."""
    slept: list[float] = []
    monkeypatch.setattr("backoff._sync.time", SimpleNamespace(sleep=slept.append))
    return slept


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """What the small tap reads."""
    with FakeServer() as running:
        running.respond("/customers", FakeResponse(json=[{"id": 1}]))
        running.respond("/customers/1/notes", FakeResponse(json=[]))
        running.respond("/orders", FakeResponse(json=[]))
        running.respond("/orders/a", FakeResponse(json=[{"id": 1}, {"id": 2}]))
        yield running


@pytest.fixture
def invoke(server: FakeServer, tmp_path: Path) -> Invoke:
    """Run the small tap's command line in this process, with arguments and settings."""

    def invoke(*arguments: str, tap: type[SmallTap] = SmallTap, **more: Any) -> Result:
        return invoke_tap(tap, tmp_path, make_settings(server, **more), *arguments)

    return invoke


@pytest.fixture(autouse=True)
def _kept_handlers() -> Iterator[None]:
    """Put back the handlers of signals and the settings of the log."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    hook = sys.excepthook
    yield
    sys.excepthook = hook
    logging.captureWarnings(capture=False)
    for number, handler in handlers.items():
        signal.signal(number, handler)
