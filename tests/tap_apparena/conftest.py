"""Fixtures: a server, and the tap itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.apparena import AppArena
from tests.tap_apparena.command_line import Tap
from tests.tap_apparena.places import KEY, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> AppArena:
    server = AppArena()
    server.add_key(KEY, store_owner=True)
    return server


@pytest.fixture
def place(server: AppArena) -> Iterator[Place]:
    with server.serve() as url:
        yield Place(url, server)


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Tap]:
    with Tap(tmp_path) as tap:
        yield tap
