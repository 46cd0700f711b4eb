"""Fixtures: a tenant, and the tap itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tap_studio_openapi.command_line import Tap
from tests.tap_studio_openapi.places import Place, make_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def place() -> Iterator[Place]:
    server = make_tenant()
    with server.serve() as url:
        yield Place(url, server)


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Tap]:
    with Tap(tmp_path) as tap:
        yield tap
