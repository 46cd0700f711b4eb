"""How rows become values when a report is not quite what it was."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tap_gotom.column_types import ColumnType
from tap_gotom.columns import build_columns
from tap_gotom.report_csv import ReportReader
from tap_gotom.reports import Report, ReportError
from tap_gotom.row_mapper import RowMapper

TIME = "2026-03-09T06:15:00+00:00"
THREE = {"A": "string", "B": "string", "C": "string"}


def map_rows(
    content: str,
    columns: dict[str, Any],
    *,
    keys: tuple[str, ...] = (),
    replication_key: str | None = None,
    keeps_new: bool = False,
) -> list[tuple[Any, ...]]:
    """Return the values of the rows, without those of the metadata."""
    header = content.partition("\n")[0].split(",")
    types = {name: ColumnType.from_setting(setting) for name, setting in columns.items()}
    mapper = RowMapper(
        build_columns(list(columns), types),
        header,
        keys=keys,
        replication_key=replication_key,
        keeps_new=keeps_new,
    )
    reader = ReportReader(Report("sales", 46), io.BytesIO(content.encode()))
    rows = list(mapper.map_rows(reader.read_rows(), 46, TIME))
    assert [row[:3] for row in rows] == [(46, number, TIME) for number in range(1, len(rows) + 1)]
    return [row[3:] for row in rows]


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("A,B,C\n1,2,3\n", ("1", "2", "3")),
        ("C,A\n3,1\n", ("1", None, "3")),
        ("New,C,B,A\n0,3,2,1\n", ("1", "2", "3")),
        ("New,C,A,Other\nn,3,1,o\n", ("1", None, "3")),
    ],
)
def test_columns_that_go_come_and_move_shift_nothing(content: str, values: tuple[Any]) -> None:
    assert map_rows(content, THREE) == [values]


def test_new_columns_are_kept_under_their_own_names() -> None:
    content = "A,Neu,B,C,Neu\n1,x,2,3,y\n"
    assert map_rows(content, THREE, keeps_new=True) == [("1", "2", "3", {"Neu": "x", "neu_2": "y"})]
    assert map_rows("A,B,C\n1,2,3\n", THREE, keeps_new=True) == [("1", "2", "3", None)]


def test_a_typed_column_that_moves_keeps_its_type() -> None:
    columns = {"Name": "string", "Umsatz": "number"}
    rows = map_rows("New,Umsatz,Name\nx,1.5,a\ny,,\n", columns)
    assert rows == [("a", 1.5), ("", None)]


def test_a_single_column_is_no_tuple_of_characters() -> None:
    assert map_rows("X,A\n1,abc\n", {"A": "string"}) == [("abc",)]


@pytest.mark.parametrize("content", ["A;B;C\n1;2;3\n", "X,Y\n1,2\n", '{"error":\n1}\n'])
def test_a_file_with_none_of_the_columns_is_refused(content: str) -> None:
    with pytest.raises(ReportError, match="none of the report's columns is there"):
        map_rows(content, THREE)


def test_what_may_be_data_in_place_of_a_header_is_not_quoted() -> None:
    with pytest.raises(ReportError) as raised:
        map_rows("Müller,079 123\n", THREE)
    assert "Müller" not in str(raised.value)
    assert "'aaaaaa', '999 999'" in str(raised.value)


@pytest.mark.parametrize("needed", [{"keys": ("a",)}, {"replication_key": "a"}])
def test_a_key_that_is_missing_is_refused(needed: dict[str, Any]) -> None:
    with pytest.raises(ReportError, match="the column 'A' is missing"):
        map_rows("B,C\n2,3\n", THREE, **needed)


def test_a_cell_that_does_not_fit_names_row_and_column_and_no_value() -> None:
    with pytest.raises(ReportError, match="row 2, column 'Umsatz'") as raised:
        map_rows("Umsatz\n1.5\n1'234.50\n", {"Umsatz": "number"})
    assert "9'999.99" in str(raised.value)
    assert "1'234.50" not in str(raised.value)


def test_an_empty_cell_in_a_typed_key_is_refused() -> None:
    with pytest.raises(ReportError, match="row 2, column 'Id': a cell written like empty"):
        map_rows("Id,B\n1,x\n,y\n", {"Id": "integer", "B": "string"}, keys=("id",))
