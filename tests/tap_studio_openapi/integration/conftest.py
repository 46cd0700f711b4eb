"""The tap's command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tap_studio_openapi.integration.command_line import Tap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Tap]:
    with Tap(tmp_path) as tap:
        yield tap
