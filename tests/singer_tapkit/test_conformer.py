"""Records that fit their schema, or an error that names the field and quotes no value."""

from __future__ import annotations

import json
import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singer_tapkit.conformer import compile_conformer
from singer_tapkit.errors import InvalidResponseError
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

    assert list(conform({"active": True, "id": 7}).items()) == [
        ("id", 7),
        ("name", None),
        ("active", True),
    ]


def test_a_row_itself_stays_as_it_is() -> None:
    row = {"count": "3", "new": 1}

    make_conformer({"count": INTEGER})(row)

    assert row == {"count": "3", "new": 1}


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


def test_an_object_that_is_null_needs_none_of_its_fields() -> None:
    conform = make_conformer(
        {"a": make_object(id={"type": "integer"}), "b": make_list(make_object(id=TEXT))}
    )

    assert conform({"a": None, "b": [None]}) == {"a": None, "b": [None]}


def test_an_object_with_all_that_it_needs_passes() -> None:
    needed = {"id": {"type": "integer"}, "day": {"type": "string", "format": "date"}}

    record = make_conformer({"a": make_object(**needed)})({"a": {"id": "1", "day": [1990, 1, 2]}})

    assert record == {"a": {"id": 1, "day": "1990-01-02"}}


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
