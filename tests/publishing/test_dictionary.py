"""The data dictionary is that of the catalogs, and complete."""

from __future__ import annotations

import pytest

from tests.publishing.definition import list_extractors
from tests.publishing.dictionary import build_dictionary

each_tap = pytest.mark.parametrize("tap", list_extractors())


@each_tap
def test_the_page_of_a_tap_is_fresh(tap: str) -> None:
    dictionary = build_dictionary(tap)
    written = dictionary.page.read_text(encoding="utf-8")

    assert written == dictionary.to_markdown(), "Write it anew: make docs"


@each_tap
def test_the_picture_of_a_tap_is_fresh(tap: str) -> None:
    dictionary = build_dictionary(tap)
    written = dictionary.picture.read_text(encoding="utf-8")

    assert written == dictionary.to_svg(), "Draw it anew: make docs"


@each_tap
def test_every_stream_and_every_property_has_a_description(tap: str) -> None:
    tables = build_dictionary(tap).tables.values()
    described = {
        **{table.name: table.schema.get("description") for table in tables},
        **{
            f"{table.name}.{column.path}": column.schema.get("description")
            for table in tables
            for column in table.columns
        },
    }

    assert [name for name, text in described.items() if not text] == []


@each_tap
def test_joins_are_between_columns_that_exist(tap: str) -> None:
    dictionary = build_dictionary(tap)
    known = {
        (table.name, column.path)
        for table in dictionary.tables.values()
        for column in table.columns
    }
    joined = {
        (end.table, column)
        for join in dictionary.relations.joins
        for end in join.ends
        for column in end.columns
    }

    assert joined - known == set()
