"""The questions in the documentation have the same answer in both databases as at the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo.__main__ import DEMOS
from tests.demo.questions import questions_of
from tests.pipelines.pipeline import Pipeline

if TYPE_CHECKING:
    from tests.meltano import Project
    from tests.pipelines.warehouses import DuckDb, PostgreSql


SCHEMA = "asked"
SETTINGS = {
    "TARGET_DUCKDB_DEFAULT_TARGET_SCHEMA": SCHEMA,
    "TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": SCHEMA,
}


@pytest.mark.long(seconds=15)
@pytest.mark.parametrize("warehouse", ["duckdb", "postgres"], indirect=True)
@pytest.mark.parametrize("tap", DEMOS)
def test_queries_answer_what_the_source_says(
    tap: str, project: Project, warehouse: DuckDb | PostgreSql, state: dict[str, str]
) -> None:
    with DEMOS[tap]() as source:
        Pipeline(project, tap, warehouse, {**state, **source.settings, **SETTINGS}).run()
        wanted = source.answers()
    answers = {
        question.name: warehouse.ask(question.sql, SCHEMA).rows for question in questions_of(tap)
    }

    assert answers == wanted
