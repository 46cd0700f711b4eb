"""Fixtures: a server, and the tap itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.gotom import GoTom
from tests.tap_gotom.command_line import Tap
from tests.tap_gotom.places import API_SECRET, GRAPH_SECRET, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> GoTom:
    server = GoTom()
    server.add_user("graph_user", GRAPH_SECRET, ["reports"])
    server.add_user("api_user", API_SECRET, ["api"])
    return server


@pytest.fixture
def place(server: GoTom) -> Iterator[Place]:
    with server.serve() as url:
        yield Place(url, server)


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Tap]:
    with Tap(tmp_path) as tap:
        yield tap
