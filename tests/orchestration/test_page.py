"""Dagster as a user runs it: its page, its daemon, and processes that are killed."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from orchestrator.dev import SETTINGS
from tests.orchestration.page import (
    RUNS,
    read_tag,
    run_dagster,
    run_process,
    wait_until,
)
from tests.orchestration.project import (
    make_project,
    read_tables,
    write_connections,
)
from tests.processes import find_free_port
from tests.sandbox.studio_openapi import Limit, StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.orchestration.page import Page
    from tests.pipelines.postgresql import Server

pytestmark = pytest.mark.slow

WORKERS = 2

SLICES = {"1/3": "Studio 3", "2/3": "Studio 5", "3/3": "Studio 1"}


@pytest.fixture
def chain() -> Iterator[str]:
    tenant = StudioOpenApi(latency=0.1, limit=Limit(math.inf))
    for name in SLICES.values():
        tenant.add_studio(_make_key(name), name, customers=20)
    with tenant.serve() as url:
        yield url


@pytest.fixture
def environment(
    chain: str, postgresql_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A project of three slices, the second of which has a wrong key."""
    database = postgresql_server.create_database()
    directory = tmp_path / "project"
    directory.mkdir()
    make_project(directory, slices=3, max_processes=2)
    keys = {**{name: _make_key(name) for name in SLICES.values()}, SLICES["2/3"]: "expired"}
    connections = write_connections(directory, chain, keys)
    home = tmp_path / "dagster"
    home.mkdir()
    for name, value in {
        "DAGSTER_HOME": str(home),
        "MELTANO_ENVIRONMENT": "dev",
        "MELTANO_PROJECT_ROOT": str(directory),
        "TAP_STUDIO_OPENAPI_CONNECTIONS_FILE": str(connections),
        **database.settings,
    }.items():
        monkeypatch.setenv(name, value)
    yield home
    assert {row["name"] for row in read_tables(database)["studio"]} == {
        SLICES["1/3"],
        SLICES["3/3"],
    }


def test_dagster_dev(environment: Path) -> None:
    shutil.copy(SETTINGS, environment)
    with run_dagster() as page:
        _load_slices(page)


def test_celery_with_redis_and_two_workers(environment: Path, tmp_path: Path) -> None:
    if shutil.which("redis-server") is None and "CI" not in os.environ:
        pytest.skip("Redis is not installed: no redis-server on the PATH")
    port = find_free_port()
    redis = f"redis://127.0.0.1:{port}/0"
    settings = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    settings["run_launcher"] = {
        "module": "dagster_celery.launcher",
        "class": "CeleryRunLauncher",
        "config": {"broker": redis, "backend": redis},
    }
    settings["run_monitoring"]["poll_interval_seconds"] = 2
    (environment / "dagster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    celery = (sys.executable, "-m", "celery", "-A", "dagster_celery.app", "-b", redis)
    worker = (*celery, "--result-backend", redis, "worker", "--queues=dagster", "--concurrency=1")
    with contextlib.ExitStack() as running:
        server = ("redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path))
        running.enter_context(run_process(*server, "--bind", "127.0.0.1"))
        for number in range(WORKERS):
            running.enter_context(run_process(*worker, f"--hostname=worker{number}@%h"))
        page = running.enter_context(run_dagster())
        _load_slices(page)
        runs = page.ask(RUNS)["runsOrError"]["results"]
        assert all(read_tag(run, "dagster-celery/task_id") for run in runs)


def _load_slices(page: Page) -> None:
    """Load three slices, one of which has a wrong key, and one of which is killed."""
    page.load(list(SLICES))
    wait_until(lambda: bool(_find_workers("3-of-3")), "the third slice runs")
    (worker,) = _find_workers("3-of-3")
    os.kill(worker, signal.SIGKILL)
    wait_until(
        lambda: page.read_statuses("3/3")[:1] == ["SUCCESS"],
        "the third slice is complete",
        page.read_runs,
    )
    wait_until(
        lambda: (
            page.read_statuses("1/3") == ["SUCCESS"] and page.read_statuses("2/3") == ["FAILURE"]
        ),
        "the others have ended",
        page.read_runs,
    )
    assert page.read_statuses("3/3") == ["SUCCESS", "FAILURE"], "it was started once more"
    (failed,) = (run for name, _, run in page.read_runs() if name == "2/3")
    assert f"{SLICES['2/3']}: GET /v1/studios/information answered 401" in page.read_reason(failed)
    customers = page.read_tables()["customers"]
    assert customers["materializedPartitions"] == ["1/3", "3/3"]
    assert customers["failedPartitions"] == ["2/3"]


def _find_workers(slice_name: str) -> list[int]:
    """Return the processes that run Meltano for a slice."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and (
                f":{slice_name}\0".encode() in (folder / "cmdline").read_bytes()
            ):
                found.append(int((folder / "stat").read_text().rpartition(")")[2].split()[1]))
    return found


def _make_key(name: str) -> str:
    return name.replace(" ", "-")
