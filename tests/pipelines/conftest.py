"""Fixtures: a Meltano project, places to load, and a site to read."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.meltano import DATABASE, Project
from tests.pipelines.warehouses import DuckDb, JsonLines, PostgreSql, Warehouse
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.pipelines.postgresql import Server

into_duckdb, into_postgres = (
    pytest.mark.parametrize("warehouse", [name], indirect=True) for name in ("duckdb", "postgres")
)


@dataclass(frozen=True)
class Site:
    """A site on a sandbox.

    Attributes:
        server: The sandbox.
        id: The site's id.
        settings: The environment variables by which the tap finds it.
    """

    server: GoatCounter
    id: int
    settings: Mapping[str, str]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, plugins: Path) -> Project:
    project = Project(tmp_path_factory.mktemp("meltano"))
    project.share_plugins(plugins)
    return project


@pytest.fixture
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    """The place to load that a test names, empty."""
    match request.param:
        case "duckdb":
            return DuckDb(tmp_path / "warehouse.duckdb")
        case "jsonl":
            return JsonLines(tmp_path / "files")
        case _:
            server: Server = request.getfixturevalue("postgresql_server")
            return PostgreSql(server.create_database())


@pytest.fixture
def site() -> Iterator[Site]:
    server = GoatCounter(Generation.V2_7, limits=UNLIMITED)
    site_id = server.add_site().id
    token = server.add_token()
    with server.serve() as url:
        settings = {
            "TAP_GOATCOUNTER_SITE_URL": url,
            "TAP_GOATCOUNTER_TOKEN": token,
            "TAP_GOATCOUNTER_REQUESTS_PER_SECOND": "1000",
        }
        yield Site(server, site_id, settings)


@pytest.fixture
def state(tmp_path: Path, plugins: Path) -> dict[str, str]:
    """Where Meltano keeps the state of this test's pipeline: a database that has its tables."""
    file = shutil.copy(plugins / ".meltano" / DATABASE, tmp_path)
    return {"MELTANO_DATABASE_URI": f"sqlite:///{file}"}
