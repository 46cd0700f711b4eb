"""Fixtures: a database, and the target that loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.warehouse import Warehouse, install_target
from tests.pipelines.conftest import postgresql_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.postgresql import Database, Server

__all__ = ["postgresql_server"]


@pytest.fixture(scope="session")
def target_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python that has the target installed."""
    return install_target(tmp_path_factory.mktemp("target"))


@pytest.fixture
def database(postgresql_server: Server) -> Database:
    return postgresql_server.create_database()


@pytest.fixture
def warehouse(database: Database, target_python: Path) -> Warehouse:
    return Warehouse(database, target_python)
