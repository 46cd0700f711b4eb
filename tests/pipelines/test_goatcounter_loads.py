"""What arrives of a GoatCounter in files, and of late visits of long ago."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.pipelines.conftest import into_duckdb, into_jsonl
from tests.pipelines.sources import SourcePipeline
from tests.services import goatcounter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse
    from tests.services.goatcounter import GoatCounterSource

TAP = "tap-goatcounter"
pytestmark = pytest.mark.long(seconds=20)


@pytest.fixture
def source() -> Iterator[GoatCounterSource]:
    with goatcounter.serve(random.Random(0)) as source:  # noqa: S311
        yield source


@into_jsonl
def test_the_last_rows_of_files_are_what_there_is(
    project: Project, source: GoatCounterSource, warehouse: Warehouse, state: dict[str, str]
) -> None:
    pipeline = SourcePipeline.build(project, TAP, source, warehouse, state)
    pipeline.run()
    pipeline.change()
    pipeline.run()

    pipeline.assert_equal()


@into_duckdb
def test_a_full_refresh_without_hits_counts_late_visits_of_long_ago(
    project: Project, source: GoatCounterSource, warehouse: Warehouse, state: dict[str, str]
) -> None:
    pipeline = SourcePipeline.build(project, TAP, source, warehouse, state, without=["hits"])
    pipeline.run()
    source.add_visit(pipeline.chance, goatcounter.DAYS - 1)
    pipeline.run("--full-refresh")

    pipeline.assert_equal()
