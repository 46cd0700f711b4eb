"""Environments and taps write to places of their own, and git takes nothing of that."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.meltano import REPOSITORY, Project
from tests.pipelines.warehouses import DuckDb, PostgreSql
from tests.sandbox.apparena import AppArena
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.pipelines.postgresql import Server
    from tests.pipelines.warehouses import Warehouse

KEY = "key-of-an-agency"
AGENCY = 12
MEMBERS = {"dev": 3, "prod": 4}
PREFIXES = {"dev": "dev_", "prod": ""}
TASKS = (
    *("tap-apparena", "target-duckdb", "tap-apparena", "target-postgres"),
    *("tap-studio-openapi", "target-jsonl"),
)


@pytest.mark.long(seconds=30)
def test_environments_and_taps_do_not_mix_and_git_takes_nothing_of_them(
    plugins: Path, postgresql_server: Server, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    project.share_plugins(plugins)
    (tmp_path / ".gitignore").write_bytes((REPOSITORY / ".gitignore").read_bytes())
    run_git(tmp_path, "init", "--quiet")
    run_git(tmp_path, "add", "--all")
    before = run_git(tmp_path, "diff", "--cached", "--name-only")
    database = postgresql_server.create_database()

    succeed(project, {}, "config", "set", "tap-apparena", "api_key", KEY)
    for environment, members in MEMBERS.items():
        with serve(environment) as (names, settings):
            options = (f"--environment={environment}", "run")
            succeed(project, {**database.settings, **settings}, *options, *TASKS)

        in_duckdb = DuckDb(tmp_path / f"output/warehouse_{environment}.duckdb")
        assert read_names(in_duckdb) == names
        assert read_names(PostgreSql(database, PREFIXES[environment])) == names
        file = tmp_path / "output" / environment / "tap_studio_openapi/customers.jsonl"
        assert len(file.read_text(encoding="utf-8").splitlines()) == members

    assert KEY in (tmp_path / ".env").read_text(encoding="utf-8")
    run_git(tmp_path, "add", "--all")
    assert run_git(tmp_path, "diff", "--cached", "--name-only") == before


@contextlib.contextmanager
def serve(environment: str) -> Iterator[tuple[set[str], dict[str, str]]]:
    """Serve companies of an agency and members of a studio, of which each environment has others.

    Yields:
        The names of the companies, and the settings by which the taps find both.
    """
    arena, tenant = AppArena(), StudioOpenApi()
    arena.add_key(KEY)
    arena.data.add_company(AGENCY, name=f"Only in {environment}")
    tenant.add_studio("key-of-a-studio", customers=MEMBERS[environment], statuses=("MEMBER",))
    with arena.serve() as arena_url, tenant.serve() as tenant_url:
        yield (
            {row["name"] for row in arena.data.customers_of(AGENCY)},
            {
                "TAP_APPARENA_API_URL": arena_url,
                "TAP_APPARENA__SELECT": '["customers.*"]',
                "TAP_STUDIO_OPENAPI_BASE_URL": tenant_url,
                "TAP_STUDIO_OPENAPI_API_KEY": "key-of-a-studio",
                "TAP_STUDIO_OPENAPI__SELECT": '["customers.*"]',
            },
        )


def read_names(warehouse: Warehouse) -> set[str]:
    """Read the names of the companies that were loaded."""
    warehouse.schema = "tap_apparena"
    return {row["name"] for row in warehouse.read("customers")}


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
