"""What is in a database after each run equals what the source has, row by row and type by type."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.pipelines.cases import CASES
from tests.pipelines.sources import SourcePipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.source import Tables
    from tests.meltano import Project, Run
    from tests.pipelines.cases import Case
    from tests.pipelines.warehouses import Warehouse


@pytest.fixture
def pipeline(
    case: Case, project: Project, warehouse: Warehouse, state: dict[str, str]
) -> Iterator[SourcePipeline]:
    without = () if warehouse.replaces_tables else case.without_key
    with case.serve(random.Random(0)) as source:  # noqa: S311
        yield SourcePipeline.of(project, case.tap, source, warehouse, state, without=without)


@pytest.mark.long(seconds=50)
@pytest.mark.parametrize(
    ("case", "warehouse", "is_first"),
    [
        pytest.param(case, warehouse, number == 0, id=f"{name} into {warehouse}")
        for name, case in CASES.items()
        for number, warehouse in enumerate(case.warehouses)
    ],
    indirect=["warehouse"],
)
def test_each_run_leaves_what_there_is(
    case: Case, pipeline: SourcePipeline, *, is_first: bool
) -> None:
    first = pipeline.run()
    pipeline.assert_equal()
    older, before = pipeline.state.read_bytes(), pipeline.tables()
    assert_sent_whole(first, pipeline)

    pipeline.change()
    second = pipeline.run()
    pipeline.assert_equal()
    assert_sent_what_is_new(case, second, before, pipeline.tables())

    if is_first:  # tests/chaos goes back to older states in PostgreSQL for every tap
        pipeline.state.write_bytes(older)
        pipeline.change()
        again = pipeline.run()
        pipeline.assert_equal()
        assert_sent_what_is_new(case, again, before, pipeline.tables())

    pipeline.change()
    for table in case.refreshed_when_empty:
        pipeline.warehouse.drop(table)
    refreshed = pipeline.run("--full-refresh")
    pipeline.assert_equal()
    assert_sent_whole(refreshed, pipeline)


def assert_sent_whole(run: Run, pipeline: SourcePipeline) -> None:
    """Assert that each row was sent, and sent once."""
    assert run.records == {table: len(rows) for table, rows in pipeline.tables().items()}


def assert_sent_what_is_new(case: Case, run: Run, before: Tables, now: Tables) -> None:
    """Assert that rows that were there before were left out, as far as the tap can tell."""
    wanted = {table: count(before[table], now[table]) for table, count in case.new_rows.items()}
    assert {table: run.records[table] for table in wanted} == wanted
    for table in case.mostly_known:
        assert run.records[table] < len(now[table]) / 2
