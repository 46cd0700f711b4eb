"""What arrives of the studios of a tenant: customers, contracts and visits, run after run."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.chaos import studio_openapi
from tests.pipelines.sources import SourcePipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse

VISITS = "customer_checkins"

into_databases = pytest.mark.parametrize("warehouse", ["duckdb", "postgres"], indirect=True)


@pytest.fixture
def pipeline(
    project: Project, warehouse: Warehouse, state: dict[str, str]
) -> Iterator[SourcePipeline]:
    with studio_openapi.serve(random.Random(0)) as source:  # noqa: S311
        yield SourcePipeline.of(project, "tap-studio-openapi", source, warehouse, state)


@into_databases
def test_each_run_leaves_what_the_studios_have(pipeline: SourcePipeline) -> None:
    pipeline.run()
    pipeline.assert_equal()
    older = pipeline.state.read_bytes()

    pipeline.change()
    second = pipeline.run()
    pipeline.assert_equal()

    pipeline.change()
    refreshed = pipeline.run("--full-refresh")
    pipeline.assert_equal()
    assert refreshed.records[VISITS] == len(pipeline.source.rows()[VISITS])
    assert second.records[VISITS] < refreshed.records[VISITS] / 2

    pipeline.state.write_bytes(older)
    pipeline.change()
    pipeline.run()
    pipeline.assert_equal()
