"""The questions in the documentation have the same answer in both databases as at the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo.__main__ import DEMOS
from tests.demo.questions import list_questions
from tests.pipelines.warehouses import DuckDb, PostgreSql

if TYPE_CHECKING:
    from pathlib import Path

    from tests.meltano import Project
    from tests.pipelines.postgresql import Server


SCHEMA = "asked"
SETTINGS = {
    "TARGET_DUCKDB_DEFAULT_TARGET_SCHEMA": SCHEMA,
    "TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": SCHEMA,
}


@pytest.mark.long(seconds=15)
@pytest.mark.parametrize("tap", DEMOS)
def test_queries_answer_what_the_source_says(
    tap: str, project: Project, postgresql_server: Server, state: dict[str, str], tmp_path: Path
) -> None:
    duckdb = DuckDb(tmp_path / "warehouse.duckdb")
    postgresql = PostgreSql(postgresql_server.create_database())
    places = {**duckdb.settings, **postgresql.settings, **SETTINGS}
    with DEMOS[tap]() as source:
        settings = {**state, **source.settings, **places}
        run = project.meltano("run", tap, duckdb.target, tap, postgresql.target, settings=settings)
        assert run.status == 0, run.story
        wanted = source.answer_questions()

    for warehouse in (duckdb, postgresql):
        answers = {one.name: warehouse.ask(one.sql, SCHEMA).rows for one in list_questions(tap)}
        assert answers == wanted
