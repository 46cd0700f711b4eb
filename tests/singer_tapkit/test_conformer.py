"""Records that fit their schema, or an error that names the field and quotes no value."""

from __future__ import annotations

import json
import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singer_tapkit.conformer import UNKNOWN_FIELDS_SCHEMA, compile_conformer
from singer_tapkit.errors import InvalidResponseError, UnknownFieldsError
from tests.singer_tapkit.conforming import (
    BOOLEAN,
    DATE,
    INTEGER,
    LOGGER,
    NUMBER,
    TEXT,
    make_conformer,
    make_list,
    make_object,
    read_warnings,
)


def test_a_record_has_the_properties_of_the_schema_in_its_order() -> None:
    conform = make_conformer({"id": {"type": "integer"}, "name": TEXT, "active": BOOLEAN})

    row = {"active": "1", "id": 7, "new": 1}

    assert list(conform(row).items()) == [("id", 7), ("name", None), ("active", True)]
    assert row == {"active": "1", "id": 7, "new": 1}


@pytest.mark.parametrize(
    ("properties", "row", "field"),
    [
        ({"id": {"type": "integer"}}, {}, "id"),
        ({"id": {"type": "integer"}}, {"id": None}, "id"),
        ({"day": {"type": "string", "format": "date"}}, {"day": ""}, "day"),
        ({"day": {"type": "string", "format": "date"}}, {"day": "1990-02-30"}, "day"),
        ({"a": make_object(id={"type": "integer"})}, {"a": {}}, "a.id"),
        ({"a": make_list(make_object(id={"type": "integer"}))}, {"a": [{"id": None}]}, "a.id"),
        ({"a": make_list({"type": "string"})}, {"a": ["x", None]}, "a"),
    ],
)
def test_what_must_not_be_null_is_an_error(
    properties: dict[str, Any], row: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidResponseError, match=f"'{field}' of the stream 'customers'"):
        make_conformer(properties)(row)


def test_an_object_needs_all_its_fields_or_to_be_null() -> None:
    needed = make_object(id={"type": "integer"}, day={"type": "string", "format": "date"})
    conform = make_conformer({"a": needed, "b": make_list(needed)})

    assert conform({"a": {"id": "1", "day": [1990, 1, 2]}, "b": [None]}) == {
        "a": {"id": 1, "day": "1990-01-02"},
        "b": [None],
    }
    assert conform({}) == {"a": None, "b": None}


@pytest.mark.parametrize("policy", ["warn", "keep", "fail"])
def test_excluded_fields_are_never_written_kept_or_reported(
    policy: str, caplog: pytest.LogCaptureFixture
) -> None:
    conform = make_conformer(
        {
            "id": INTEGER,
            "email": TEXT,
            "reason": TEXT,
            "address": make_object(email=TEXT, street=TEXT),
            "idlePeriods": make_list(make_object(reason=TEXT, days=INTEGER)),
            "free": {"type": ["object", "null"]},
            "any": {},
        },
        excluded=frozenset({"email", "idlePeriods.reason", "customers.phone"}),
        unknown_fields=policy,
    )
    free = {"email": "leni@a.example", "idlePeriods": [{"reason": "Leni", "days": 1}]}
    row = {
        "id": 1,
        "email": "leni@a.example",
        "phone": "Leni",
        "reason": "kept",
        "address": {"email": "leni@a.example", "street": "Kai"},
        "idlePeriods": [{"reason": "Leni", "days": "5"}],
        "free": free,
        "any": [free],
    }

    record = conform(row)

    assert record.pop("unknown_fields", None) is None
    assert record == {
        "id": 1,
        "reason": "kept",
        "address": {"street": "Kai"},
        "idlePeriods": [{"days": 5}],
        "free": {"idlePeriods": [{"days": 1}]},
        "any": [{"idlePeriods": [{"days": 1}]}],
    }
    assert not read_warnings(caplog)


TEXTS = ("", "1", "1.5", "x", "1990-01-02", "1990-02-30", "2022-06-22T08:00+02:00")


SCALARS = st.sampled_from([*TEXTS, None, True, False, 0, -7, 2**63, 1.5, 2.0, math.nan, math.inf])


NAMES = st.sampled_from(["a", "b", "hour", "minute", "secret"])


OBJECTS = st.dictionaries(NAMES, SCALARS | st.lists(SCALARS, max_size=3), max_size=3)


ANYTHING = SCALARS | OBJECTS | st.lists(SCALARS | OBJECTS, max_size=3)


SCHEMA = {
    "type": "object",
    "properties": {
        "text": TEXT,
        "integer": INTEGER,
        "number": NUMBER,
        "boolean": BOOLEAN,
        "date": DATE,
        "object": make_object(a=INTEGER, b=make_list(TEXT)),
        "list": make_list(make_object(a=DATE, b=NUMBER)),
    },
}


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "secret", "new"]), ANYTHING))
def test_whatever_comes_is_valid_or_an_error(row: dict[str, Any]) -> None:
    conform = compile_conformer(
        SCHEMA, stream_name="s", excluded=frozenset({"secret"}), logger=LOGGER
    )
    try:
        record = conform(row)
    except InvalidResponseError:
        return
    assert list(record) == list(SCHEMA["properties"])
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    jsonschema.Draft7Validator(SCHEMA, format_checker=checker).validate(record)
    assert '"secret":' not in json.dumps(
        {name: record[name] for name in ("object", "list")}, allow_nan=False
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


@pytest.mark.parametrize(
    ("row", "kept"), [({}, None), ({"unknown_fields": "x"}, {"unknown_fields": "x"})]
)
def test_a_field_that_is_called_unknown_fields_is_kept_as_any_other(row: Any, kept: Any) -> None:
    properties = {"id": INTEGER, "unknown_fields": UNKNOWN_FIELDS_SCHEMA}

    record = make_conformer(properties, unknown_fields="keep")(row)

    assert record == {"id": None, "unknown_fields": kept}


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
