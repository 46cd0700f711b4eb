"""What arrives of an App-Arena: everything that there is, or new ids alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.chaos import apparena
from tests.pipelines.sources import SourcePipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse


@pytest.fixture
def pipeline(
    mode: str, project: Project, warehouse: Warehouse, state: dict[str, str]
) -> Iterator[SourcePipeline]:
    with apparena.serve(random.Random(0), [mode]) as source:  # noqa: S311
        yield SourcePipeline.of(project, "tap-apparena", source, warehouse, state)


@pytest.mark.parametrize("warehouse", ["duckdb", "postgres"], indirect=True)
@pytest.mark.parametrize("mode", ["full"])
def test_each_run_leaves_what_there_is(pipeline: SourcePipeline) -> None:
    pipeline.run()
    pipeline.assert_equal()

    pipeline.change()
    pipeline.run()
    pipeline.assert_equal()


@pytest.mark.parametrize("warehouse", ["postgres"], indirect=True)
@pytest.mark.parametrize("mode", ["new_ids"])
def test_new_ids_are_added_to_what_was_loaded_before(pipeline: SourcePipeline) -> None:
    pipeline.run()
    pipeline.assert_equal()
    older = pipeline.state.read_bytes()

    pipeline.change()
    second = pipeline.run()
    pipeline.assert_equal()
    assert second.records == dict.fromkeys(apparena.LISTS, 1)

    pipeline.state.write_bytes(older)
    again = pipeline.run()
    pipeline.assert_equal()
    assert again.records == second.records

    pipeline.change()
    refreshed = pipeline.run("--full-refresh")
    pipeline.assert_equal()
    assert refreshed.records == {table: len(rows) for table, rows in pipeline.source.rows().items()}
