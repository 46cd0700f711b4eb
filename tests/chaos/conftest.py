"""Fixtures: a database, and the target that loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.warehouse import Warehouse, find_target_python

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.postgresql import Database, Server


@pytest.fixture
def database(postgresql_server: Server) -> Database:
    return postgresql_server.create_database()


@pytest.fixture
def warehouse(database: Database, plugins: Path) -> Warehouse:
    return Warehouse(database, find_target_python(plugins))
