"""What becomes of a goTom report: of rows that have gone from it, and of what a table refuses."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from tests.chaos.warehouse import counted
from tests.pipelines.pipeline import Pipeline
from tests.sandbox.faults import CutOff
from tests.sandbox.gotom import GoTom, Report, demonstration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse

Cells: TypeAlias = "Sequence[Sequence[str]]"

TABLE = "sales"
NUMBER = demonstration.GRAPH_REPORT
HEADER = ("Buchung", "Kampagne", "Umsatz", "Tag")
COLUMNS = {"Buchung": "integer", "Kampagne": "string", "Umsatz": "number", "Tag": "date"}
FIRST = (
    ("1", 'Frühling "Seen"', "1.5", "2026-03-01"),
    ("2", "zwei\nZeilen, Zürich\0", "-2", "2026-03-02"),
    ("3", "drei", "", ""),
)
SECOND = (
    FIRST[0],
    ("2", "umbenannt", "2.25", "2026-03-02"),
    ("4", "neu", "12345678.5", "2026-03-04"),
)

into_duckdb = pytest.mark.parametrize("warehouse", ["duckdb"], indirect=True)
into_postgresql = pytest.mark.parametrize("warehouse", ["postgres"], indirect=True)


@dataclass(frozen=True)
class ReportPipeline(Pipeline):
    """A pipeline that reads one report."""

    server: GoTom = field(repr=False)

    def save(self, report: Report) -> None:
        """Save the report, or replace it."""
        self.server.add_report(NUMBER, report)

    def rows(self) -> list[dict[str, Any]]:
        """Return the table, with rows that are marked as deleted."""
        return list(self.warehouse.read(TABLE))


@pytest.fixture
def pipeline(
    project: Project, warehouse: Warehouse, state: dict[str, str]
) -> Iterator[ReportPipeline]:
    warehouse.schema = "tap_gotom"
    server = GoTom()
    demonstration.fill(server)
    with server.serve() as url:
        settings = {
            **state,
            "TAP_GOTOM_BASE_URL": url,
            "TAP_GOTOM_MAX_RETRIES": "0",
            "TAP_GOTOM_GRAPH_USER": demonstration.GRAPH_USER,
            "TAP_GOTOM_GRAPH_SECRET": demonstration.GRAPH_SECRET,
            **report(),
        }
        yield ReportPipeline(project, "tap-gotom", warehouse, settings, server)


@into_duckdb
def test_rows_that_have_gone_stay_where_there_are_keys(pipeline: ReportPipeline) -> None:
    with_keys = report(primary_keys=["Buchung"])
    pipeline.save(of(FIRST))
    pipeline.run(**with_keys)
    pipeline.save(of(SECOND))
    pipeline.run(**with_keys)

    assert_holds(pipeline, pipeline.rows(), (*SECOND, FIRST[2]))


@pytest.mark.long(seconds=15)
@into_postgresql
def test_rows_that_have_gone_are_marked(pipeline: ReportPipeline) -> None:
    for rows, number_gone in ((FIRST, 0), (SECOND[:2], 1), (SECOND, 0)):
        pipeline.save(of(rows))
        pipeline.run()

        gone = Counter(row["_sdc_deleted_at"] is not None for row in pipeline.rows())
        assert gone[True] == number_gone
        live = [row for row in pipeline.rows() if row["_sdc_deleted_at"] is None]
        assert_holds(pipeline, live, rows)


@pytest.mark.long(seconds=50)
@into_postgresql
def test_only_a_complete_report_replaces_the_table(pipeline: ReportPipeline) -> None:
    hard_delete = {"TARGET_POSTGRES_HARD_DELETE": "true"}
    pipeline.save(of(FIRST))
    pipeline.run(**hard_delete)
    before = pipeline.rows()
    assert_holds(pipeline, before, FIRST)

    pipeline.save(of(()))
    pipeline.run(**hard_delete)
    assert pipeline.rows() == before, "a report without rows"

    pipeline.save(of(SECOND))
    pipeline.server.faults.add("GET", "*/download/*", CutOff(60))
    pipeline.fail(**hard_delete)
    assert pipeline.rows() == before, "a report that breaks off"

    pipeline.run(**hard_delete)
    assert_holds(pipeline, pipeline.rows(), SECOND)


def report(**more: Any) -> dict[str, str]:
    """Return the setting that names the report."""
    entry = {"name": TABLE, "report_id": NUMBER, "columns": COLUMNS, **more}
    return {"TAP_GOTOM_REPORTS": json.dumps([entry])}


def of(cells: Cells) -> Report:
    """Make a report of its cells."""
    return Report.of_rows(HEADER, cells)


def assert_holds(pipeline: ReportPipeline, rows: list[dict[str, Any]], cells: Cells) -> None:
    """Assert that these are the rows of the report, type by type."""
    kept = pipeline.warehouse.kept
    wanted = [{name: kept(value) for name, value in row.items()} for row in typed(cells)]
    assert counted(rows, wanted[0]) == counted(wanted, wanted[0])


def typed(cells: Iterable[Sequence[str]]) -> Iterator[dict[str, Any]]:
    """Yield what rows of the report become, without the character that PostgreSQL refuses."""
    for number, name, amount, day in cells:
        yield {
            "_report_id": NUMBER,
            "buchung": int(number),
            "kampagne": name.replace("\0", "\ufffd"),
            "umsatz": Decimal(amount) if amount else None,
            "tag": date.fromisoformat(day) if day else None,
        }
