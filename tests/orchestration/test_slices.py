"""A chain in four slices at once, into PostgreSQL: one key is wrong, and one worker is killed."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from dagster import AssetKey, DagsterInstance, RetryPolicy

from orchestrator.assets import build_definitions
from orchestrator.meltano_file import read_meltano_file
from orchestrator.meltano_run import Task, run_task
from orchestrator.prepare import prepare_project
from tests.orchestration.project import (
    JOB,
    make_project,
    read_tables,
    write_connections,
)
from tests.sandbox.studio_openapi import Limit, StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from dagster import ExecuteInProcessResult

    from orchestrator.meltano_run import Result
    from tests.pipelines.postgresql import Server

    Tables = Mapping[str, list[dict[str, Any]]]

SLICES = 4
NAMES = [f"Studio {number}" for number in range(1, 9)]
LOCKED = "Studio 8"
BROKEN, KILLED = "2/4", "4/4"
CUSTOMERS = AssetKey(["tap_studio_openapi", "customers"])
KILLED_WORKER = """
import os, signal
from pathlib import Path
from orchestrator.meltano_file import read_meltano_file
from orchestrator.meltano_run import Task, run_task

def write(line):
    if "Beginning sync of 'customers'" in line:
        os.kill(os.getpid(), signal.SIGKILL)

pipeline = read_meltano_file(Path.cwd()).jobs[0].pipelines[0]
run_task(Path.cwd(), Task(pipeline, "4/4"), write)
"""


@dataclass(frozen=True)
class Story:
    """What has happened.

    Attributes:
        whole: What one run of everything has loaded.
        slices: How slices have ended that nothing has disturbed.
        worker_status: How the killed worker has ended.
        broken: The run of the slice with a wrong key, of a single table.
        killed_again: The second run of the slice whose worker was killed.
        before: The tables before the key was mended.
        mended: The run of that slice alone with the right key.
        after: The tables in the end.
        materialized: The slices of which customers are complete, before and after.
        left_files: What runs have left behind in Meltano's folder.
    """

    whole: Tables
    slices: Mapping[str, Result]
    worker_status: int
    broken: ExecuteInProcessResult
    killed_again: ExecuteInProcessResult
    before: Tables
    mended: ExecuteInProcessResult
    after: Tables
    materialized: list[set[str]]
    left_files: list[Path]


@pytest.fixture(scope="module")
def chain() -> Iterator[str]:
    tenant = StudioOpenApi(latency=0.02, limit=Limit(math.inf))
    for name in NAMES:
        tenant.add_studio(_make_key(name), name, customers=6)
    with tenant.serve() as url:
        yield url


@pytest.fixture(scope="module")
def story(
    chain: str, postgresql_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("project")
    make_project(directory, SLICES, max_processes=SLICES)
    keys = {name: _make_key(name) for name in NAMES}
    database, other = (postgresql_server.create_database() for _ in range(2))
    complete = write_connections(tmp_path_factory.mktemp("complete"), chain, keys)
    connections = write_connections(directory, chain, {**keys, LOCKED: "expired"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MELTANO_ENVIRONMENT", "dev")
        patch.setenv("TAP_STUDIO_OPENAPI_CONNECTIONS_FILE", str(connections))
        for name, value in database.settings.items():
            patch.setenv(name, value)
        content = read_meltano_file(directory)
        prepare_project(directory, content)
        (pipeline,) = content.jobs[0].pipelines
        definitions = build_definitions(directory, content, RetryPolicy(max_retries=6, delay=3))
        job = definitions.resolve_job_def(JOB)
        undisturbed = [name for name in pipeline.slice_names if name not in {BROKEN, KILLED}]
        whole = Task(
            pipeline,
            variables={
                **other.settings,
                "TAP_STUDIO_OPENAPI_CONNECTIONS_FILE": str(complete),
            },
        )
        with DagsterInstance.ephemeral() as instance, ThreadPoolExecutor(SLICES) as pool:

            def run(slice_name: str, *chosen: AssetKey) -> ExecuteInProcessResult:
                return job.execute_in_process(
                    instance=instance,
                    partition_key=slice_name,
                    asset_selection=chosen or None,
                    raise_on_error=False,
                )

            worker = subprocess.Popen([sys.executable, "-c", KILLED_WORKER], cwd=directory)
            results = [
                pool.submit(_run, directory, task)
                for task in (*(Task(pipeline, name) for name in undisturbed), whole)
            ]
            broken = run(BROKEN, CUSTOMERS)
            ended = [result.result() for result in results]
            worker_status = worker.wait()
            assert ended[-1].status == 0, ended[-1].reason
            killed_again = run(KILLED)
            before = read_tables(database)
            materialized = [instance.get_materialized_partitions(CUSTOMERS)]
            connections.write_text(complete.read_text(encoding="utf-8"), encoding="utf-8")
            mended = run(BROKEN)
            materialized.append(instance.get_materialized_partitions(CUSTOMERS))
        yield Story(
            whole=read_tables(other),
            slices=dict(zip(undisturbed, ended[:-1], strict=True)),
            worker_status=worker_status,
            broken=broken,
            killed_again=killed_again,
            before=before,
            mended=mended,
            after=read_tables(database),
            materialized=materialized,
            left_files=list(directory.glob(".meltano/run/elt/*/*")),
        )


def test_each_slice_brings_its_studios_and_no_others(story: Story) -> None:
    assert {name: result.reason for name, result in story.slices.items() if result.status} == {}
    found = {name: result.log.rows["studio"] for name, result in story.slices.items()}
    assert found == {name: len(_list_studios(name)) for name in story.slices}


def test_a_wrong_key_fails_its_slice_alone_and_is_named(story: Story) -> None:
    (failure,) = story.broken.get_step_failure_events()
    reported = failure.step_failure_data.user_failure_data
    assert reported
    assert f"{LOCKED}: GET /v1/studios/information answered 401" in (reported.description or "")
    assert "expired" not in (reported.description or "")
    assert _collect_names(story.before) == set(NAMES) - _list_studios(BROKEN)
    assert not story.materialized[0] & {BROKEN}


def test_a_single_table_can_be_chosen(story: Story) -> None:
    beside = (_list_studios(BROKEN) - {LOCKED}).pop()
    ids = {row["studio_id"] for row in story.whole["studio"] if _get_name(row) == beside}
    assert ids & {row["studio_id"] for row in story.before["customers"]}
    assert not ids & {row["studio_id"] for row in story.before["employees"]}


def test_that_slice_alone_is_completed_once_the_key_is_right(story: Story) -> None:
    assert story.mended.success
    assert story.materialized[1] == {BROKEN, KILLED}
    assert _collect_names(story.after) == set(NAMES)


def test_slices_load_what_one_run_loads(story: Story) -> None:
    assert story.worker_status == -signal.SIGKILL
    assert story.killed_again.success
    assert set(story.after) == set(story.whole)
    for table, rows in story.whole.items():
        assert _sort_rows(story.after[table]) == _sort_rows(rows), table
    assert len(story.whole["customers"]) == 6 * len(NAMES)


def test_nothing_is_left_behind_but_by_the_killed_worker(story: Story) -> None:
    assert len(story.left_files) == 1


def _make_key(name: str) -> str:
    return f"key-of-{name}".replace(" ", "-")


def _run(project: Path, task: Task) -> Result:
    """Run a slice, again if its failure may pass: all make the same tables at first."""
    result = run_task(project, task)
    return run_task(project, replace(task, run_id=str(uuid4()))) if result.may_pass else result


def _list_studios(slice_name: str) -> set[str]:
    number, count = map(int, slice_name.split("/"))
    return {
        name
        for name in NAMES
        if int(sha256(name.encode()).hexdigest()[:8], 16) % count + 1 == number
    }


def _get_name(row: Mapping[str, Any]) -> str:
    name: str = row["name"]
    return name


def _collect_names(tables: Tables) -> set[str]:
    return {_get_name(row) for row in tables["studio"]}


def _sort_rows(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)
