"""Fields that the schema lacks."""

from __future__ import annotations

from typing import Any

import pytest

from singer_tapkit.errors import UnknownFieldsError
from singer_tapkit.unknown_fields import UNKNOWN_FIELDS_SCHEMA
from tests.singer_tapkit.conforming import (
    DATE,
    INTEGER,
    TEXT,
    make_conformer,
    make_list,
    make_object,
    read_warnings,
)


def make_row() -> dict[str, Any]:
    return {
        "id": 1,
        "firmware": {"version": "7.1"},
        "address": {"street": "Kai 1", "floor": 3},
        "periods": [{"from": "2024-01-01", "note": "x"}, {"from": None, "note": "y"}],
    }


NESTED = {
    "id": {"type": "integer"},
    "address": make_object(street=TEXT),
    "periods": make_list(make_object(**{"from": DATE})),
}


def test_unknown_fields_are_left_out_at_every_depth_and_reported_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    conform = make_conformer(NESTED)

    for _ in range(2):
        assert conform(make_row()) == {
            "id": 1,
            "address": {"street": "Kai 1"},
            "periods": [{"from": "2024-01-01"}, {"from": None}],
        }
    assert read_warnings(caplog) == [
        "Unknown fields of the stream 'customers' are left out: firmware.",
        "Unknown fields of the stream 'customers' are left out: address.floor.",
        "Unknown fields of the stream 'customers' are left out: periods.note.",
    ]


def test_unknown_fields_are_kept_where_nothing_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    properties = {**NESTED, "unknown_fields": UNKNOWN_FIELDS_SCHEMA}
    conform = make_conformer(properties, unknown_fields="keep")
    row = make_row()
    expected = {
        "id": 1,
        "address": row["address"],
        "periods": row["periods"],
        "unknown_fields": {"firmware": {"version": "7.1"}},
    }

    assert conform(make_row()) == expected
    assert read_warnings(caplog) == [
        f"Unknown fields of the stream 'customers' are kept: {path}."
        for path in ("firmware", "address.floor", "periods.note")
    ]


def test_without_unknown_fields_nothing_is_kept() -> None:
    conform = make_conformer({"id": INTEGER}, unknown_fields="keep")

    assert conform({"id": 1}) == {"id": 1, "unknown_fields": None}


def test_a_field_that_is_called_unknown_fields_is_kept_as_well() -> None:
    properties = {"id": INTEGER, "unknown_fields": UNKNOWN_FIELDS_SCHEMA}

    assert make_conformer(properties, unknown_fields="keep")({"unknown_fields": "x"}) == {
        "id": None,
        "unknown_fields": {"unknown_fields": "x"},
    }


def test_an_object_that_may_hold_nothing_more_does_not(caplog: pytest.LogCaptureFixture) -> None:
    closed = {**make_object(street=TEXT), "additionalProperties": False}
    conform = make_conformer({"address": closed}, unknown_fields="keep")

    assert conform({"address": {"street": "Kai 1", "floor": 3}})["address"] == {"street": "Kai 1"}
    assert read_warnings(caplog) == [
        "Unknown fields of the stream 'customers' are left out: address.floor."
    ]


@pytest.mark.parametrize(
    ("row", "paths"),
    [
        ({"id": 1, "b": 1, "a": {"x": 1}}, "a, b"),
        ({"id": 1, "address": {"floor": 3, "door": 4}}, "address.door, address.floor"),
        ({"id": 1, "periods": [{"note": "x"}]}, "periods.note"),
    ],
)
def test_unknown_fields_fail_if_wanted(row: dict[str, Any], paths: str) -> None:
    with pytest.raises(UnknownFieldsError, match=f"in the stream 'customers': {paths}\\."):
        make_conformer(NESTED, unknown_fields="fail")(row)


def test_excluded_fields_within_unknown_ones_are_not_kept() -> None:
    conform = make_conformer(
        {"address": make_object(street=TEXT)},
        excluded=frozenset({"email", "owner.name"}),
        unknown_fields="keep",
    )
    new = {"owner": {"name": "Leni", "email": "leni@a.example", "age": 5}, "email": "Leni"}

    assert conform({"address": {"street": "Kai", **new}, **new}) == {
        "address": {"street": "Kai", "owner": {"age": 5}},
        "unknown_fields": {"owner": {"age": 5}},
    }
