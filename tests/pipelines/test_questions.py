"""The questions in the documentation have the same answer in PostgreSQL as at the source.

tests/publishing asks them in DuckDB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo.__main__ import DEMOS
from tests.demo.questions import list_questions
from tests.pipelines.conftest import into_postgres
from tests.pipelines.pipeline import Pipeline

if TYPE_CHECKING:
    from tests.meltano import Project
    from tests.pipelines.warehouses import PostgreSql


@pytest.mark.long(seconds=15)
@into_postgres
@pytest.mark.parametrize("tap", DEMOS)
def test_queries_answer_what_the_source_says(
    tap: str, project: Project, warehouse: PostgreSql, state: dict[str, str]
) -> None:
    with DEMOS[tap]() as source:
        pipeline = Pipeline(project, tap, warehouse, {**state, **source.settings})
        pipeline.run()
        wanted = source.answer_questions()

    warehouse.schema = tap.replace("-", "_")
    assert {one.name: warehouse.ask(one.sql).rows for one in list_questions(tap)} == wanted
