"""The tap's command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Tap(CommandLine):
    """The tap's command line."""

    name = "tap-studio-openapi"


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Tap]:
    with Tap(tmp_path) as tap:
        yield tap
