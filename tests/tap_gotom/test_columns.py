"""Names and types of columns."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_gotom.column_types import ColumnType, mask_value as shape
from tap_gotom.columns import Column, columns_from_names as of_names, columns_from_schema as of_schema, match_columns as places, safe_names


@pytest.mark.parametrize(
    ("originals", "names"),
    [
        (["Kampagne", "Externe ID"], ["kampagne", "externe_id"]),
        (["Größe", "Straße", "Übergabe"], ["groesse", "strasse", "uebergabe"]),
        (["Café", "naïve"], ["cafe", "naive"]),
        ([" Umsatz (netto) in % "], ["umsatz_netto_in"]),
        (["2026", "1. Quartal"], ["column_2026", "column_1_quartal"]),
        (["", "  ", "€", "日本"], ["column_1", "column_2", "column_3", "column_4"]),
        (["Umsatz", "Umsatz", "umsatz"], ["umsatz", "umsatz_2", "umsatz_3"]),
        (["Umsatz", "Umsatz", "Umsatz 2"], ["umsatz", "umsatz_2", "umsatz_2_2"]),
        (["_row_number", "unknown_fields"], ["row_number", "unknown_fields_2"]),
        (["u\u0308ber"], ["ueber"]),
    ],
)
def test_safe_names(originals: list[str], names: list[str]) -> None:
    assert safe_names(originals) == names


@given(st.lists(st.text()))
def test_safe_names_are_safe_whatever_the_header(originals: list[str]) -> None:
    names = safe_names(originals)
    assert len(set(names)) == len(originals)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) for name in names)


@given(st.lists(st.text(max_size=3), max_size=8))
def test_every_column_is_found_where_it_was(header: list[str]) -> None:
    assert places(of_names(header, {}), header) == list(range(len(header)))


@given(st.permutations(["a", "B", "ü", "", "1", "b", "2 "]))
def test_columns_are_found_in_any_order(header: list[str]) -> None:
    found = places(of_names(["a", "B", "ü", "", "1", "b", "2 "], {}), header)
    assert [header[place] for place in found if place is not None] == [
        "a", "B", "ü", "", "1", "b", "2 ",
    ]  # fmt: skip


def columns(*originals: str) -> list[Column]:
    return of_names(originals, {})


def test_a_column_that_is_missing_shifts_no_other() -> None:
    assert places(columns("A", "B", "C"), ["C", "A", "New"]) == [1, None, 0]


def test_a_name_that_differs_in_spelling_alone_is_the_same_column() -> None:
    assert places(columns("Umsatz netto"), ["Kampagne", "umsatz_netto "]) == [1]


def test_a_name_with_two_candidates_is_neither() -> None:
    assert places(columns("Umsatz netto"), ["umsatz netto", "UMSATZ NETTO"]) == [None]


def test_columns_of_one_name_can_be_named_as_in_the_stream() -> None:
    found = places(columns("Umsatz", "umsatz_2", "umsatz_3"), ["Umsatz", "Tag", "Umsatz", "Umsatz"])
    assert found == [0, 2, 3]


def test_names_that_differ_in_case_or_umlauts_alone_are_not_mixed_up() -> None:
    header = ["Größe", "GRÖSSE", "Groesse", "größe"]
    assert places(columns(*header), header[::-1]) == [3, 2, 1, 0]


def test_columns_outlive_the_catalog() -> None:
    header = ["Größe", "", "Größe"]
    found = columns(*header)
    assert of_schema({column.name: column.to_schema() for column in found}) == found


@pytest.mark.parametrize(
    ("setting", "cell", "value"),
    [
        ("integer", "-12", -12),
        ("integer", "0", 0),
        ("number", "8662.50", 8662.5),
        ("number", "-3", -3.0),
        ("number", "-0", -0.0),
        ("integer", "-0", 0),
        ("date", "0001-01-01", "0001-01-01"),
        ("date", "9999-12-31", "9999-12-31"),
        ("number", "12345678901234567.89", Decimal("12345678901234567.89")),
        ({"type": "number", "format": "1'234.5"}, "1'234'567.25", 1234567.25),
        ({"type": "number", "format": "1'234.5"}, "1234.5", 1234.5),
        ({"type": "number", "format": "1.234,5"}, "-1.234,5", -1234.5),
        ({"type": "number", "format": "1234,5"}, "1234,50", 1234.5),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ({"type": "boolean", "format": "ja/nein"}, "nein", False),
        ("date", "2026-03-09", "2026-03-09"),
        ({"type": "date", "format": "%d.%m.%Y"}, "09.03.2026", "2026-03-09"),
        ({"type": "date", "format": "%d.%m.%y"}, "09.03.26", "2026-03-09"),
        ({"type": "date", "format": "%m/%Y"}, "03/2026", "2026-03-01"),
        ("date-time", "2026-03-09T06:15:00+01:00", "2026-03-09T05:15:00+00:00"),
        (
            {"type": "date-time", "format": "%d.%m.%Y %H:%M %z"},
            "09.03.2026 06:15 +0100",
            "2026-03-09T05:15:00+00:00",
        ),
    ],
)
def test_cells_that_fit_their_type(setting: Any, cell: str, value: Any) -> None:
    convert = ColumnType.from_setting(setting).converter()
    assert convert is not None
    assert convert(cell) == value
    assert type(convert(cell)) is type(value)


@pytest.mark.parametrize(
    ("setting", "cell"),
    [
        ("integer", "007"),
        ("integer", "1.0"),
        ("integer", " 1"),
        ("integer", "+1"),
        ("integer", "\u0661"),
        ("number", "1'234.50"),
        ("number", "1234,50"),
        ("number", "12.5 %"),
        ("number", "NaN"),
        ("number", "1e3"),
        ("number", ".5"),
        ({"type": "number", "format": "1.234,5"}, "1.23,5"),
        ({"type": "number", "format": "1.234,5"}, "1234.5"),
        ("boolean", "yes"),
        ({"type": "boolean", "format": "ja/nein"}, "true"),
        ("date", "09.03.2026"),
        ("date", "2026-02-30"),
        ("date", "2026-03-09T00:00"),
        ("date-time", "2026-03-09T06:15:00"),
        ("date-time", "0001-01-01T00:00:00+01:00"),
        ("date-time", "9999-12-31T23:59:59-01:00"),
        ("date", "0000-01-01"),
        ("number", "1.234,56"),
        ("number", " 5"),
        ("number", "1e5"),
        ({"type": "date", "format": "%d.%m.%Y"}, "2026-03-09"),
    ],
)
def test_cells_that_do_not_fit_are_refused(setting: Any, cell: str) -> None:
    convert = ColumnType.from_setting(setting).converter()
    assert convert is not None
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        convert(cell)


@pytest.mark.parametrize(
    "setting",
    [
        {"type": "number", "format": "0.0"},
        {"type": "number", "format": "1.234.5"},
        {"type": "boolean", "format": "ja"},
        {"type": "date-time", "format": "%d.%m.%Y %H:%M"},
        {"type": "date-time", "format": "%d.%m.%Y %I:%M %z"},
        {"type": "date-time", "format": "%d.%m. %H:%M %z"},
        {"type": "date-time", "format": "%H:%M %z"},
        {"type": "date", "format": "%d.%m."},
        {"type": "date", "format": "%Y"},
        {"type": "date", "format": "%Y-W%W"},
        {"type": "date", "format": "%d.%m.%Y %Q"},
        {"type": "date", "format": "dd.mm.yyyy"},
        {"type": "integer", "format": "1'234"},
        {"type": "string", "format": "%d.%m.%Y"},
        {"type": "text"},
    ],
)
def test_formats_that_say_nothing_are_refused(setting: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for people
        ColumnType.from_setting(setting)


def test_a_shape_shows_how_a_cell_is_written_and_not_what_it_says() -> None:
    assert shape("Müller 1'234,50 %") == '"aaaaaa 9\'999,99 %"'
    assert shape("7" * 50) == f"'{'9' * 40}…'"
