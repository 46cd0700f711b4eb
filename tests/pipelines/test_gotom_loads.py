"""What becomes of a goTom report: of rows that have gone from it, and of what a table refuses."""

from __future__ import annotations

import json
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
    from collections.abc import Iterable, Iterator, Sequence

    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse
    from tests.services.source import Row

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


@pytest.fixture
def server() -> GoTom:
    server = GoTom()
    demonstration.fill(server)
    return server


@pytest.fixture
def pipeline(
    server: GoTom, project: Project, warehouse: Warehouse, state: dict[str, str]
) -> Iterator[Pipeline]:
    warehouse.schema = "tap_gotom"
    with server.serve() as url:
        settings = {
            **state,
            "TAP_GOTOM_BASE_URL": url,
            "TAP_GOTOM_MAX_RETRIES": "0",
            "TAP_GOTOM_GRAPH_USER": demonstration.GRAPH_USER,
            "TAP_GOTOM_GRAPH_SECRET": demonstration.GRAPH_SECRET,
            "TAP_GOTOM_REPORTS": json.dumps(REPORTS),
        }
        yield Pipeline(project, "tap-gotom", warehouse, settings)


@pytest.mark.long(seconds=35)
@into_postgres
def test_only_a_complete_report_replaces_a_table_and_keys_keep_rows_that_have_gone(
    server: GoTom, pipeline: Pipeline, warehouse: Warehouse
) -> None:
    server.add_report(NUMBER, Report.of_rows(HEADER, FIRST))
    pipeline.run()
    before = [*warehouse.read(TABLE)]
    assert_holds(before, FIRST)

    server.add_report(NUMBER, Report.of_rows(HEADER, ()))
    pipeline.run()
    assert warehouse.read(TABLE) == before, "a report without rows"

    server.add_report(NUMBER, Report.of_rows(HEADER, SECOND[:2]))
    server.faults.add("GET", "*/download/*", CutOff(60), times=None)
    pipeline.fail()
    assert warehouse.read(TABLE) == before, "a report that breaks off"

    server.faults.clear()
    pipeline.run()
    left = [row for row in warehouse.read(TABLE) if row["_sdc_deleted_at"] is None]
    assert_holds(left, SECOND[:2])
    assert len([*warehouse.read(TABLE)]) == len(left) + 1, "and one that is marked as deleted"

    server.add_report(NUMBER, Report.of_rows(HEADER, SECOND))
    pipeline.run(TARGET_POSTGRES_HARD_DELETE="true")
    assert_holds(warehouse.read(TABLE), SECOND)
    assert_holds(warehouse.read(WITH_KEYS), (*SECOND, FIRST[2]))


def assert_holds(rows: Iterable[Row], cells: Cells) -> None:
    """Assert that these are the rows of the report, type by type."""
    wanted = list(convert_cells(cells))
    assert count_rows([*rows], wanted[0]) == count_rows(wanted, wanted[0])


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
