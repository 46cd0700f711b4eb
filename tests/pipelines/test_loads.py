"""What is loaded after each run equals what the source has, row by row and type by type.

tests/chaos does the same with runs that follow others into PostgreSQL, and kills them.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.pipelines import cases
from tests.pipelines.conftest import into_duckdb, into_postgres
from tests.pipelines.pipeline import SourcePipeline
from tests.services import goatcounter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.meltano import Project, Run
    from tests.pipelines.cases import Case
    from tests.pipelines.warehouses import PostgreSql, Warehouse
    from tests.services.source import Tables


@pytest.fixture
def pipeline(
    case: Case, project: Project, warehouse: Warehouse, state: dict[str, str]
) -> Iterator[SourcePipeline]:
    without = () if warehouse.replaces_tables else case.without_key
    with case.serve(random.Random(0)) as source:  # noqa: S311
        yield SourcePipeline.build(project, case.tap, source, warehouse, state, without=without)


@pytest.mark.long(seconds=30)
@pytest.mark.parametrize(
    ("case", "warehouse"),
    [
        pytest.param(cases.GOATCOUNTER, "duckdb", id="goatcounter"),
        pytest.param(cases.GOATCOUNTER, "jsonl", id="goatcounter, in files"),
        pytest.param(cases.GOTOM, "duckdb", id="gotom"),
        pytest.param(cases.STUDIO_OPENAPI, "duckdb", id="studio-openapi"),
        pytest.param(cases.APPARENA_NEW_IDS, "duckdb", id="apparena, new ids"),
    ],
    indirect=["warehouse"],
)
def test_each_run_leaves_what_there_is_even_from_an_older_state(
    case: Case, pipeline: SourcePipeline
) -> None:
    pipeline.run()
    pipeline.assert_equal()
    older, before = pipeline.state.read_bytes(), pipeline.list_tables()

    for _ in range(2):
        pipeline.change()
        run = pipeline.run()
        pipeline.assert_equal()
        assert_sent_what_is_new(case, run, before, pipeline.list_tables())
        pipeline.state.write_bytes(older)


@pytest.mark.long(seconds=20)
@into_postgres
@pytest.mark.parametrize(
    "case",
    [cases.GOATCOUNTER, cases.GOTOM, cases.STUDIO_OPENAPI, cases.APPARENA],
    ids=["goatcounter", "gotom", "studio-openapi", "apparena"],
)
def test_a_full_refresh_sends_everything_once_more(
    case: Case, pipeline: SourcePipeline, warehouse: PostgreSql
) -> None:
    assert_sent_whole(pipeline.run(), pipeline)
    pipeline.assert_equal()

    pipeline.change()
    for table in case.refreshed_when_empty:
        warehouse.drop(table)
    assert_sent_whole(pipeline.run("--full-refresh"), pipeline)
    pipeline.assert_equal()


@pytest.mark.long(seconds=20)
@into_duckdb
def test_a_full_refresh_without_hits_counts_late_visits_of_long_ago(
    project: Project, warehouse: Warehouse, state: dict[str, str]
) -> None:
    with goatcounter.serve(random.Random(0)) as source:  # noqa: S311
        pipeline = SourcePipeline.build(
            project, "tap-goatcounter", source, warehouse, state, without=["hits"]
        )
        pipeline.run()
        source.add_visit(pipeline.chance, goatcounter.DAYS - 1)
        pipeline.run("--full-refresh")

        pipeline.assert_equal()


def assert_sent_whole(run: Run, pipeline: SourcePipeline) -> None:
    """Assert that each row was sent, and sent once."""
    assert run.records == {table: len(rows) for table, rows in pipeline.list_tables().items()}


def assert_sent_what_is_new(case: Case, run: Run, before: Tables, now: Tables) -> None:
    """Assert that rows that were there before were left out, as far as the tap can tell."""
    wanted = {table: count(before[table], now[table]) for table, count in case.new_rows.items()}
    assert {table: run.records[table] for table in wanted} == wanted
    for table in case.mostly_known:
        assert run.records[table] < len(now[table]) / 2
