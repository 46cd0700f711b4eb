"""The harness sees a row that is missing, doubled, or of another type."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.chaos.warehouse import Warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.postgresql import Database

TABLE = """
    create schema chaos;
    create table chaos.visits (
        page text, day date, at timestamp, paid numeric, hourly jsonb, _sdc_deleted_at timestamptz
    );
    insert into chaos.visits values
        ('/', '2026-03-09', '2026-03-09 06:15', 12.50, '[1, 0]', null),
        ('/', '2026-03-10', '2026-03-10 06:15', 12.50, '[1, 0]', null),
        ('/gone', '2026-03-10', '2026-03-10 06:15', 1, '[]', now());
"""


def visit(day: int, **more: Any) -> dict[str, Any]:
    """A row of the table."""
    return {
        "page": "/",
        "day": date(2026, 3, day),
        "at": datetime(2026, 3, day, 6, 15, tzinfo=UTC),
        "paid": Decimal("12.5"),
        "hourly": [1, 0],
        **more,
    }


@pytest.fixture
def loaded(database: Database, tmp_path: Path) -> Warehouse:
    """A warehouse with two visits, and one that is marked as deleted."""
    with psycopg.connect(database.address) as connection:
        connection.execute(TABLE)
    return Warehouse(database, tmp_path)


def test_equal_rows_are_equal(loaded: Warehouse) -> None:
    assert loaded.differences({"visits": [visit(10), visit(9)]}) == []


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ([visit(9), visit(10), visit(10)], "2 rows instead of 3; 1 are missing"),
        ([visit(9)], "2 rows instead of 1; 0 are missing, such as [], and 1 are too many"),
        ([visit(9), visit(10, paid=Decimal("12.6"))], "1 are missing"),
        ([visit(9), visit(10, paid="12.5")], "1 are missing"),
        ([visit(9), visit(10, hourly=[0, 1])], "1 are missing"),
        ([], "2 rows instead of 0"),
    ],
    ids=["missing", "too many", "value", "type", "list", "none"],
)
def test_others_are_named(loaded: Warehouse, expected: list[dict[str, Any]], message: str) -> None:
    (sentence,) = loaded.differences({"visits": expected})
    assert message in sentence


def test_a_table_that_is_not_there_lacks_all_rows(loaded: Warehouse) -> None:
    (sentence,) = loaded.differences({"hits": [{"page": "/"}]})
    assert "0 rows instead of 1" in sentence
