"""Dagster as a user runs it: its page, its daemon, and processes that are killed."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from orchestrator.dev import SETTINGS
from tests.orchestration.project import (
    JOB,
    make_project,
    read_tables,
    target_settings,
    write_connections,
)
from tests.sandbox.studio_openapi import Limit, StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.pipelines.postgresql import Server

pytestmark = pytest.mark.slow

TIME_LIMIT_SECONDS = 300
WORKERS = 2
SLICES = {"1/3": "Studio 3", "2/3": "Studio 5", "3/3": "Studio 1"}
LAUNCH = """
mutation ($name: String!, $slices: [String!]!, $location: String!) {
  launchPartitionBackfill(backfillParams: {
    selector: {
      partitionSetName: $name,
      repositorySelector: {
        repositoryName: "__repository__", repositoryLocationName: $location
      }
    },
    partitionNames: $slices
  }) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
RUNS = """
{ runsOrError { ... on Runs { results { runId status tags { key value } } } } }
"""
PARTITIONS = """
{ assetNodes(group: {
    groupName: "tap_studio_openapi",
    repositoryName: "__repository__",
    repositoryLocationName: "orchestrator.definitions"
  }) {
    assetKey { path }
    assetPartitionStatuses {
      ... on DefaultPartitionStatuses { materializedPartitions failedPartitions }
    }
} }
"""
REASON = """
query ($run: ID!) { logsForRun(runId: $run) { ... on EventConnection { events {
  ... on ExecutionStepFailureEvent { failureMetadata { description } }
} } } }
"""


class Page:
    """The page of a running Dagster."""

    def __init__(self, port: int) -> None:
        """Name the port."""
        self._url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: Any) -> Any:
        """Return the answer to a query."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
        assert "errors" not in answer, answer
        return answer["data"]

    def is_ready(self) -> bool:
        """Return whether it answers."""
        try:
            self.ask("{ version }")
        except (urllib.error.URLError, ConnectionError):
            return False
        return True

    def runs(self) -> list[tuple[str, str, str]]:
        """Return slice, status and id of each run, the last first."""
        return [
            (_tag(run, "dagster/partition"), run["status"], run["runId"])
            for run in self.ask(RUNS)["runsOrError"]["results"]
        ]

    def statuses(self, slice_name: str) -> list[str]:
        """Return how the runs of a slice stand, the last first."""
        return [status for name, status, _ in self.runs() if name == slice_name]


def _tag(run: Mapping[str, Any], key: str) -> str:
    return next((tag["value"] for tag in run["tags"] if tag["key"] == key), "")


@pytest.fixture
def chain() -> Iterator[str]:
    tenant = StudioOpenApi(latency=0.1, limit=Limit(math.inf))
    for name in SLICES.values():
        tenant.add_studio(_key(name), name, customers=20)
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
    keys = {**{name: _key(name) for name in SLICES.values()}, SLICES["2/3"]: "expired"}
    connections = write_connections(directory, chain, keys)
    home = tmp_path / "dagster"
    home.mkdir()
    for name, value in {
        "DAGSTER_HOME": str(home),
        "MELTANO_ENVIRONMENT": "dev",
        "MELTANO_PROJECT_ROOT": str(directory),
        "TAP_STUDIO_OPENAPI_CONNECTIONS_FILE": str(connections),
        **target_settings(database),
    }.items():
        monkeypatch.setenv(name, value)
    yield home
    assert {row["studioname"] for row in read_tables(database)["studio"]} == {
        SLICES["1/3"],
        SLICES["3/3"],
    }


def test_dagster_dev(environment: Path) -> None:
    shutil.copy(SETTINGS, environment)
    with _dagster() as page:
        _load_slices(page)


def test_celery_with_redis_and_two_workers(environment: Path, tmp_path: Path) -> None:
    if shutil.which("redis-server") is None and "CI" not in os.environ:
        pytest.skip("Redis is not installed: no redis-server on the PATH")
    port = _free_port()
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
        running.enter_context(_process(*server, "--bind", "127.0.0.1"))
        for number in range(WORKERS):
            running.enter_context(_process(*worker, f"--hostname=worker{number}@%h"))
        page = running.enter_context(_dagster())
        _load_slices(page)
        assert not _children_of_dagster_dev_that_load(page)


def _children_of_dagster_dev_that_load(page: Page) -> list[str]:
    """Return the runs that were not handed to a worker."""
    runs = page.ask(RUNS)["runsOrError"]["results"]
    return [run["runId"] for run in runs if not _tag(run, "dagster-celery/task_id")]


def _load_slices(page: Page) -> None:
    """Load three slices, one of which has a wrong key, and one of which is killed."""
    launched = page.ask(
        LAUNCH,
        name=f"{JOB}_partition_set",
        slices=list(SLICES),
        location="orchestrator.definitions",
    )["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    _wait_until(lambda: bool(_find_workers("3-of-3")), "the third slice runs")
    (worker,) = _find_workers("3-of-3")
    os.kill(worker, signal.SIGKILL)
    _wait_until(
        lambda: page.statuses("3/3")[:1] == ["SUCCESS"], "the third slice is complete", page.runs
    )
    _wait_until(
        lambda: page.statuses("1/3") == ["SUCCESS"] and page.statuses("2/3") == ["FAILURE"],
        "the others have ended",
        page.runs,
    )
    assert page.statuses("3/3") == ["SUCCESS", "FAILURE"], "it was started once more"
    (failed,) = (run for name, _, run in page.runs() if name == "2/3")
    told = json.dumps(page.ask(REASON, run=failed))
    assert f"{SLICES['2/3']}: GET /v1/studios/information answered 401" in told
    tables = {
        node["assetKey"]["path"][-1]: node["assetPartitionStatuses"]
        for node in page.ask(PARTITIONS)["assetNodes"]
        if len(node["assetKey"]["path"]) > 1
    }
    assert tables["customers"]["materializedPartitions"] == ["1/3", "3/3"]
    assert tables["customers"]["failedPartitions"] == ["2/3"]


@contextlib.contextmanager
def _dagster() -> Iterator[Page]:
    """Run Dagster until the block is left."""
    port = _free_port()
    page = Page(port)
    with _process(sys.executable, "-m", "orchestrator.dev", "--port", str(port)):
        _wait_until(page.is_ready, "the page answers")
        yield page


@contextlib.contextmanager
def _process(*command: str) -> Iterator[None]:
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


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


def _wait_until(
    is_so: Callable[[], bool], what: str, tell: Callable[[], object] = lambda: ""
) -> None:
    deadline = time.monotonic() + TIME_LIMIT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"not in {TIME_LIMIT_SECONDS} s: {what}; {tell()}"
        time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def _key(name: str) -> str:
    return name.replace(" ", "-")
