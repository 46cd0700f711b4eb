"""What tests of all kinds share: the order they run in, installed plugins, and PostgreSQL."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.meltano import Project
from tests.once import make_once
from tests.pipelines import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

collect_ignore = [] if find_spec("dagster") else ["orchestration"]
"""Tests of what runs in an environment of its own: ``make test`` runs them there."""

WORKERS_PER_CORE = 2
"""As tests wait for servers, targets and paces about as long as they compute."""

MAX_WORKERS = 8
"""Each of which has Meltano and a database at work; a container may count its host's cores."""


def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers ``--numprocesses auto`` starts."""
    return min(WORKERS_PER_CORE * (os.cpu_count() or 1), MAX_WORKERS)


def pytest_configure(config: pytest.Config) -> None:
    """Name our own markers, and let Hypothesis take its time on a busy machine."""
    settings.register_profile(
        "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("patient")
    config.addinivalue_line("markers", "long(seconds): takes long, and so begins before others")
    config.addinivalue_line("markers", "slow: takes long, and is run by .ci/run alone")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that no worker is left with one of them in the end."""
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("long")
    return marker.kwargs["seconds"] if marker else 0


@pytest.fixture(scope="session")
def plugins(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a project in which all plugins are installed, once for all workers."""
    return make_once(
        "plugins", lambda directory: Project(directory).install(), tmp_path_factory, worker_id
    )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    programs = postgresql.find_programs()
    if programs is None and "CI" not in os.environ:
        pytest.skip("PostgreSQL is not installed: no initdb on the PATH")
    assert programs, "PostgreSQL is not installed: no initdb on the PATH"
    with postgresql.serve(programs) as server:
        yield server
