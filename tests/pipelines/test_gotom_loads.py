"""What becomes of a goTom report: of rows that have gone from it, and of what a table refuses."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from tests.chaos.warehouse import count_rows
from tests.pipelines.conftest import into_postgres
from tests.pipelines.pipeline import Pipeline
from tests.sandbox.faults import CutOff
from tests.sandbox.gotom import GoTom, Report, demonstration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse

Cells: TypeAlias = "Sequence[Sequence[str]]"

TABLE, WITH_KEYS = "sales", "sales_with_keys"
NUMBER = demonstration.GRAPH_REPORT
HEADER = ("Buchung", "Kampagne", "Umsatz", "Tag")
COLUMNS = {"Buchung": "integer", "Kampagne": "string", "Umsatz": "number", "Tag": "date"}
REPORTS: list[dict[str, Any]] = [
    {"name": TABLE, "report_id": NUMBER, "columns": COLUMNS},
    {"name": WITH_KEYS, "report_id": NUMBER, "columns": COLUMNS, "primary_keys": ["Buchung"]},
]
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


@dataclass(frozen=True)
class ReportPipeline(Pipeline):
    """A pipeline that reads one report."""

    server: GoTom = field(repr=False)

    def save(self, report: Report) -> None:
        """Save the report, or replace it."""
        self.server.add_report(NUMBER, report)

    def read_rows(self, table: str = TABLE) -> list[dict[str, Any]]:
        """Return a table, with rows that are marked as deleted."""
        return list(self.warehouse.read(table))


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
            "TAP_GOTOM_REPORTS": json.dumps(REPORTS),
        }
        yield ReportPipeline(project, "tap-gotom", warehouse, settings, server)


@pytest.mark.long(seconds=35)
@into_postgres
def test_only_a_complete_report_replaces_a_table_and_keys_keep_rows_that_have_gone(
    pipeline: ReportPipeline,
) -> None:
    pipeline.save(build_report(FIRST))
    pipeline.run()
    before = pipeline.read_rows()
    assert_holds(before, FIRST)

    pipeline.save(build_report(()))
    pipeline.run()
    assert pipeline.read_rows() == before, "a report without rows"

    pipeline.save(build_report(SECOND[:2]))
    pipeline.server.faults.add("GET", "*/download/*", CutOff(60), times=None)
    pipeline.fail()
    assert pipeline.read_rows() == before, "a report that breaks off"

    pipeline.server.faults.clear()
    pipeline.run()
    marks = Counter(row["_sdc_deleted_at"] is None for row in pipeline.read_rows())
    assert marks == {True: 2, False: 1}
    assert_holds(
        [row for row in pipeline.read_rows() if row["_sdc_deleted_at"] is None], SECOND[:2]
    )

    pipeline.save(build_report(SECOND))
    pipeline.run(TARGET_POSTGRES_HARD_DELETE="true")
    assert_holds(pipeline.read_rows(), SECOND)
    assert_holds(pipeline.read_rows(WITH_KEYS), (*SECOND, FIRST[2]))


def build_report(cells: Cells) -> Report:
    """Make a report of its cells."""
    return Report.of_rows(HEADER, cells)


def assert_holds(rows: list[dict[str, Any]], cells: Cells) -> None:
    """Assert that these are the rows of the report, type by type."""
    wanted = list(convert_cells(cells))
    assert count_rows(rows, wanted[0]) == count_rows(wanted, wanted[0])


def convert_cells(cells: Cells) -> Iterator[dict[str, Any]]:
    """Yield what rows of the report become, without the character that PostgreSQL refuses."""
    for number, name, amount, day in cells:
        yield {
            "_report_id": NUMBER,
            "buchung": int(number),
            "kampagne": name.replace("\0", "\ufffd"),
            "umsatz": Decimal(amount) if amount else None,
            "tag": date.fromisoformat(day) if day else None,
        }
