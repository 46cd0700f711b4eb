"""Fixtures: a server, and the tap's command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line import CommandLine
from tests.sandbox.apparena import AppArena
from tests.tap_apparena.servers import KEY, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Tap(CommandLine):
    """The tap's command line."""

    name = "tap-apparena"


@pytest.fixture
def server() -> Iterator[Server]:
    sandbox = AppArena()
    sandbox.add_key(KEY, store_owner=True)
    with sandbox.serve() as url:
        yield Server(url, sandbox)


@pytest.fixture
def small_server(server: Server) -> Server:
    server.keep_apps(6)
    return server


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Tap]:
    with Tap(tmp_path) as tap:
        yield tap
