"""Environments and taps write to places of their own, and git takes nothing of that."""

from __future__ import annotations

import contextlib
import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest
from psycopg import sql

from tests.meltano import REPOSITORY, Project
from tests.once import make_once
from tests.sandbox.apparena import AppArena
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.pipelines.postgresql import Database, Server

TASKS = {
    "tap-apparena": ("target-duckdb", "target-postgres"),
    "tap-studio-openapi": ("target-jsonl",),
}
KEY = "key-of-an-agency"
AGENCY = 12
CUSTOMERS = {"dev": 3, "prod": 4}
SCHEMAS = {"dev": "dev_tap_apparena", "prod": "tap_apparena"}


@dataclass(frozen=True)
class Loaded:
    """A project in which two environments have loaded different customers.

    Attributes:
        folder: Its folder, a git repository.
        names: The names of the App-Arena customers, by environment.
        in_postgresql: Those in the database that both have loaded, by schema.
    """

    folder: Path
    names: Mapping[str, set[str]]
    in_postgresql: Mapping[str, set[str]]


@pytest.fixture(scope="module")
def loaded(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
    plugins: Path,
) -> Loaded:
    """Load into every place from each environment, once for all workers."""

    def make(directory: Path) -> None:
        server: Server = request.getfixturevalue("postgresql_server")
        names, database = load(directory / "project", plugins, server)
        stored = {schema: sorted(read_names(database, schema)) for schema in SCHEMAS.values()}
        (directory / "names.json").write_text(json.dumps([names, stored]), encoding="utf-8")

    directory = make_once("environments", make, tmp_path_factory, worker_id)
    found = json.loads((directory / "names.json").read_text(encoding="utf-8"))
    names, stored = ({key: set(texts) for key, texts in one.items()} for one in found)
    return Loaded(directory / "project", names, stored)


def load(folder: Path, plugins: Path, server: Server) -> tuple[dict[str, list[str]], Database]:
    """Load into every place from each environment, as somebody would who has the READMEs."""
    folder.mkdir()
    project = Project(folder)
    project.share_plugins(plugins)
    run_git(project.directory, "init", "--quiet")
    (project.directory / ".gitignore").write_bytes((REPOSITORY / ".gitignore").read_bytes())
    run_git(project.directory, "add", "--all")
    database = server.create_database()
    settings = {f"TARGET_POSTGRES_{name.upper()}": text for name, text in database.parts.items()}
    succeed(project, {}, "config", "set", "tap-apparena", "api_key", KEY)
    names = {}
    for environment in ("dev", "prod"):
        with serve_customers(environment) as (arena, theirs):
            names[environment] = [row["name"] for row in arena.data.customers_of(AGENCY)]
            blocks = [part for tap in TASKS for target in TASKS[tap] for part in (tap, target)]
            run = (f"--environment={environment}", "run", *blocks)
            succeed(project, {**settings, **theirs}, *run)
    return names, database


def read_names(database: Database, schema: str) -> set[str]:
    """Read the names of customers in a schema of PostgreSQL."""
    query = sql.SQL("select name from {}").format(sql.Identifier(schema, "customers"))
    with psycopg.connect(database.address) as connection:
        return {name for (name,) in connection.execute(query).fetchall()}


@pytest.mark.long(seconds=30)
def test_the_sources_differ(loaded: Loaded) -> None:
    assert loaded.names["dev"] - loaded.names["prod"] == {"Only in dev"}
    assert loaded.names["prod"] - loaded.names["dev"] == {"Only in prod"}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_each_environment_has_a_duckdb_file(loaded: Loaded, environment: str) -> None:
    path = loaded.folder / f"output/warehouse_{environment}.duckdb"
    with duckdb.connect(path, read_only=True) as database:
        rows = database.execute("select name from tap_apparena.customers").fetchall()

    assert {name for (name,) in rows} == loaded.names[environment]


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_each_environment_has_a_schema_in_postgresql(loaded: Loaded, environment: str) -> None:
    assert loaded.in_postgresql[SCHEMAS[environment]] == loaded.names[environment]


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_each_environment_and_tap_has_a_folder_of_json_lines(
    loaded: Loaded, environment: str
) -> None:
    file = loaded.folder / "output" / environment / "tap_studio_openapi" / "customers.jsonl"

    assert len(file.read_text(encoding="utf-8").splitlines()) == CUSTOMERS[environment]


def test_git_takes_nothing_that_meltano_has_made(loaded: Loaded) -> None:
    before = run_git(loaded.folder, "diff", "--cached", "--name-only")

    run_git(loaded.folder, "add", "--all")

    assert KEY in (loaded.folder / ".env").read_text(encoding="utf-8")
    assert run_git(loaded.folder, "diff", "--cached", "--name-only") == before


@contextlib.contextmanager
def serve_customers(environment: str) -> Iterator[tuple[AppArena, dict[str, str]]]:
    """Serve companies of an agency and members of a studio, with the settings to read them."""
    arena, tenant = AppArena(), StudioOpenApi()
    arena.add_key(KEY)
    arena.data.add_company(AGENCY, name=f"Only in {environment}")
    tenant.add_studio("key-of-a-studio", customers=CUSTOMERS[environment], statuses=("MEMBER",))
    with arena.serve() as arena_url, tenant.serve() as tenant_url:
        yield (
            arena,
            {
                "TAP_APPARENA_API_URL": arena_url,
                "TAP_APPARENA__SELECT": '["customers.*"]',
                "TAP_STUDIO_OPENAPI_BASE_URL": tenant_url,
                "TAP_STUDIO_OPENAPI_API_KEY": "key-of-a-studio",
                "TAP_STUDIO_OPENAPI__SELECT": '["customers.*"]',
            },
        )


def succeed(project: Project, settings: Mapping[str, str], *arguments: str) -> None:
    """Run Meltano to its successful end."""
    run = project.meltano(*arguments, settings=settings)
    assert run.status == 0, run.story


def run_git(directory: Path, *arguments: str) -> str:
    """Run git, and return what it writes."""
    finished = subprocess.run(
        ("git", *arguments), cwd=directory, capture_output=True, text=True, check=True
    )
    return finished.stdout
