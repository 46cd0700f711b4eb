"""Names of columns, and where they are found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_gotom.columns import (
    build_columns,
    find_column,
    match_names,
    read_columns,
    to_safe_names,
)

HEADER = ["a", "B", "ü", "", "1", "b", "2 ", "Rabatt %", "Rabatt €", "Доход", "Umsatz", "umsatz"]


@pytest.mark.parametrize(
    ("originals", "names"),
    [
        (["Kampagne", "Externe ID"], ["kampagne", "externe_id"]),
        (["Größe", "Straße", "Übergabe"], ["groesse", "strasse", "uebergabe"]),
        (["Café", "naïve"], ["cafe", "naive"]),
        ([" Umsatz (netto) in % "], ["umsatz_netto_in"]),
        (["2026", "1. Quartal"], ["column_2026", "column_1_quartal"]),
        (["", "Tag", ""], ["unnamed", "tag", "unnamed_2"]),
        (["€", "日本"], ["column_c4cc90", "column_cf2abf"]),
        (["Umsatz", "Umsatz", "Umsatz"], ["umsatz", "umsatz_2", "umsatz_3"]),
        (["Umsatz", "Umsatz", "Umsatz 2"], ["umsatz", "umsatz_3", "umsatz_2"]),
        (["_row_number", "unknown_fields"], ["row_number", "unknown_fields_2"]),
        (["u\u0308ber"], ["ueber"]),
    ],
)
def test_safe_names(originals: list[str], names: list[str]) -> None:
    assert to_safe_names(originals) == names


@given(st.lists(st.text()))
def test_safe_names_are_safe_for_any_header(originals: list[str]) -> None:
    names = to_safe_names(originals)
    assert len(set(names)) == len(originals)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) for name in names)


@given(st.permutations(HEADER))
def test_a_column_has_the_same_name_wherever_it_stands(header: list[str]) -> None:
    expected = dict(zip(HEADER, to_safe_names(HEADER), strict=True))
    assert dict(zip(header, to_safe_names(header), strict=True)) == expected


def test_a_name_that_loses_letters_differs_from_others_that_lose_them() -> None:
    assert to_safe_names(["Доход 2026"]) != to_safe_names(["Расход 2026"])


def match(originals: list[str], header: list[str]) -> list[int | None]:
    return match_names([column.original for column in build_columns(originals)], header)


@given(st.lists(st.text(max_size=3), max_size=8))
def test_every_column_is_found_where_it_was(header: list[str]) -> None:
    assert match(header, header) == list(range(len(header)))


@given(st.permutations(HEADER))
def test_columns_are_found_in_any_order(header: list[str]) -> None:
    places = match(HEADER, header)
    assert [header[place] for place in places if place is not None] == HEADER


@pytest.mark.parametrize(
    ("originals", "header", "places"),
    [
        (["A", "B", "C"], ["C", "A", "New"], [1, None, 0]),
        (["Umsatz netto"], ["Kampagne", "umsatz_netto "], [1]),
        (["Umsatz netto"], ["umsatz netto", "UMSATZ NETTO"], [None]),
        (["Umsatz", "umsatz_2", "umsatz_3"], ["Umsatz", "Tag", "Umsatz", "Umsatz"], [0, 2, 3]),
        (["Größe", "GRÖSSE", "größe"], ["größe", "GRÖSSE", "Größe"], [2, 1, 0]),
    ],
    ids=["missing", "other spelling", "two candidates", "stream names", "case alone"],
)
def test_columns_are_matched_by_name(
    originals: list[str], header: list[str], places: list[int | None]
) -> None:
    assert match(originals, header) == places


def test_columns_outlive_the_catalog() -> None:
    found = build_columns(["Größe", "", "Größe"])
    assert read_columns({column.name: column.to_schema() for column in found}) == found


@pytest.mark.parametrize(
    "name", ["Größe", "groesse", "Gro\u0308ße", "Größe ", "Größe\u00a0"], ids=ascii
)
def test_a_column_is_found_by_either_name_in_any_unicode_form(name: str) -> None:
    assert find_column(name, build_columns(["Tag", "Größe"])) == build_columns(["Tag", "Größe"])[1]


def test_a_name_that_fits_two_columns_or_none_finds_nothing() -> None:
    assert find_column("Tag", build_columns(["Tag ", " Tag"])) is None
    assert find_column("Monat", build_columns(["Tag"])) is None
