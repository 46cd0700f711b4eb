"""Records that fit their schema, or an error that names the field and quotes no value."""

from __future__ import annotations

import json
import logging
import math
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singer_tapkit.errors import InvalidResponseError, UnknownFieldsError
from singer_tapkit.records import (
    MAX_REPORTED_FIELDS,
    UNKNOWN_FIELDS_SCHEMA,
    Conformer,
    compile_conformer,
    exclude_fields,
    load_schema,
)

if TYPE_CHECKING:
    from pathlib import Path

TEXT = {"type": ["string", "null"]}
INTEGER = {"type": ["integer", "null"]}
NUMBER = {"type": ["number", "null"]}
BOOLEAN = {"type": ["boolean", "null"]}
DATE = {"type": ["string", "null"], "format": "date"}
DATE_TIME = {"type": ["string", "null"], "format": "date-time"}
LOGGER = logging.getLogger("tests.records")


def an_object(**properties: Any) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties}


def a_list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items}


def conformer(properties: dict[str, Any], **options: Any) -> Conformer:
    schema = {"type": "object", "properties": properties}
    return compile_conformer(schema, stream_name="customers", logger=LOGGER, **options)


def convert(schema: dict[str, Any], value: object) -> Any:
    return conformer({"field": schema})({"field": value})["field"]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_record_has_the_properties_of_the_schema_in_its_order() -> None:
    conform = conformer({"id": {"type": "integer"}, "name": TEXT, "active": BOOLEAN})

    assert list(conform({"active": True, "id": 7}).items()) == [
        ("id", 7),
        ("name", None),
        ("active", True),
    ]


def test_a_row_itself_stays_as_it_is() -> None:
    row = {"count": "3", "new": 1}

    conformer({"count": INTEGER})(row)

    assert row == {"count": "3", "new": 1}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (TEXT, "", ""),
        (TEXT, 14, "14"),
        (TEXT, True, "true"),
        (TEXT, ["a", "b"], '["a","b"]'),
        (TEXT, {"a": 1}, '{"a":1}'),
        (TEXT, {"hour": 6, "minute": 30, "second": 0, "nano": 0}, "06:30:00"),
        (TEXT, {"hour": 23, "minute": 5, "second": None}, "23:05:00"),
        (INTEGER, "41207", 41207),
        (INTEGER, "-5", -5),
        (INTEGER, 3.0, 3),
        (NUMBER, 3, 3),
        (NUMBER, 12.5, 12.5),
        (NUMBER, "12.50", 12.5),
        (NUMBER, "-1e3", -1000.0),
        (NUMBER, Decimal("0.1"), Decimal("0.1")),
        (BOOLEAN, False, False),
        (BOOLEAN, 1, True),
        (BOOLEAN, "0", False),
        (BOOLEAN, "True", True),
        (DATE, "1990-01-02", "1990-01-02"),
        (DATE, [1990, 1, 2], "1990-01-02"),
        (DATE, "1990-01-02T00:00:00+01:00", "1990-01-02"),
        (DATE, "1990-01-02 00:00:00", "1990-01-02"),
        (DATE, "", None),
        (DATE, "0000-00-00", None),
        (
            DATE_TIME,
            "2022-06-22T08:00:00.000+02:00[Europe/Berlin]",
            "2022-06-22T08:00:00.000+02:00",
        ),
        (DATE_TIME, "2022-06-22T08:00+02:00[Europe/Berlin]", "2022-06-22T08:00:00+02:00"),
        (DATE_TIME, "2022-06-22T06:00:00Z[UTC]", "2022-06-22T06:00:00Z"),
        (DATE_TIME, "2022-06-22 06:00:00+00:00", "2022-06-22T06:00:00+00:00"),
        (DATE_TIME, "2023-12-03T10:15:30+01:00", "2023-12-03T10:15:30+01:00"),
        (DATE_TIME, "2023-12-03T10:15:30.123456789Z", "2023-12-03T10:15:30.123456789Z"),
        (DATE_TIME, "", None),
        (DATE_TIME, "0000-00-00 00:00:00", None),
        ({"type": "object"}, {"a": [1]}, {"a": [1]}),
        ({"type": "array"}, [1, "a"], [1, "a"]),
        ({}, {"a": 1}, {"a": 1}),
        (a_list(INTEGER), [1, "2", None, 3.0], [1, 2, None, 3]),
        (a_list(a_list(INTEGER)), [["1"], []], [[1], []]),
        ({"type": ["integer", "string", "null"]}, "a1", "a1"),
        ({"type": ["integer", "string", "null"]}, 5, 5),
        ({"type": ["integer", "string", "null"]}, 5.0, 5),
        ({"type": ["string", "array", "null"], "items": INTEGER}, ["5"], [5]),
    ],
)
def test_values_are_converted(
    schema: dict[str, Any], value: Any, expected: Any, caplog: pytest.LogCaptureFixture
) -> None:
    found = convert(schema, value)

    assert found == expected
    assert type(found) is type(expected)
    assert not warnings(caplog)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (DATE, "1990-02-30"),
        (DATE, "30.01.1990"),
        (DATE, "1990-W01-2"),
        (DATE, "1990-01-02x"),
        (DATE, [1990, 2, 30]),
        (DATE, [10**20, 1, 1]),
        (DATE_TIME, "2022-02-30T08:00:00Z"),
        (DATE_TIME, "2022-06-22T25:00:00Z"),
        (DATE_TIME, "2022-06-22T08:00:00+25:00"),
        (DATE_TIME, "soon"),
        (TEXT, math.nan),
        (INTEGER, math.inf),
        (NUMBER, -math.inf),
        (NUMBER, "1e999"),
        (NUMBER, Decimal("NaN")),
    ],
)
def test_impossible_values_become_null_and_are_reported_once(
    schema: dict[str, Any], value: object, caplog: pytest.LogCaptureFixture
) -> None:
    conform = conformer({"period": an_object(field=schema)})

    for _ in range(3):
        assert conform({"period": {"field": value}}) == {"period": {"field": None}}

    (warning,) = warnings(caplog)
    assert "'period.field'" in warning
    assert "'customers'" in warning
    assert str(value) not in warning
    assert conform.invalid_values == {"period.field": 3}


@pytest.mark.parametrize(
    ("schema", "value", "found", "wanted"),
    [
        (INTEGER, "Hauptstr. 1", "string", "integer"),
        (INTEGER, "", "string", "integer"),
        (INTEGER, "1_000", "string", "integer"),
        (INTEGER, 1.5, "number", "integer"),
        (INTEGER, True, "boolean", "integer"),
        (NUMBER, {"Hauptstr.": 1}, "object", "number"),
        (NUMBER, "Hauptstr. 1", "string", "number"),
        (NUMBER, True, "boolean", "number"),
        (BOOLEAN, "yes, Hauptstr.", "string", "boolean"),
        (BOOLEAN, 2, "integer", "boolean"),
        (TEXT, {"hour": "Hauptstr.", "minute": 0}, "object", "time of day"),
        (TEXT, {"hour": 24, "minute": 0}, "object", "time of day"),
        (DATE, 19900102, "integer", "date"),
        (DATE, ["Hauptstr.", 1, 2], "array", "date"),
        (DATE, [1990, 1], "array", "date"),
        (DATE_TIME, 1_700_000_000, "integer", "date-time"),
        (an_object(a=TEXT), "Hauptstr. 1", "string", "object"),
        (an_object(), "Hauptstr. 1", "string", "object"),
        (a_list({}), {"0": "Hauptstr."}, "object", "array"),
        (a_list(TEXT), {"0": "Hauptstr."}, "object", "array"),
        ({"type": ["integer", "boolean"]}, "Hauptstr. 1", "string", "integer"),
    ],
)
def test_what_cannot_be_converted_is_an_error_without_the_value(
    schema: dict[str, Any], value: object, found: str, wanted: str
) -> None:
    conform = conformer({"list": a_list(an_object(field=schema))})

    with pytest.raises(InvalidResponseError) as raised:
        conform({"list": [None, {"field": value}]})

    message = str(raised.value)
    assert f"'list.field' of the stream 'customers' as {found}, and {wanted} is" in message
    assert "Hauptstr" not in message
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("properties", "row", "field"),
    [
        ({"id": {"type": "integer"}}, {}, "id"),
        ({"id": {"type": "integer"}}, {"id": None}, "id"),
        ({"day": {"type": "string", "format": "date"}}, {"day": ""}, "day"),
        ({"day": {"type": "string", "format": "date"}}, {"day": "1990-02-30"}, "day"),
        ({"a": an_object(id={"type": "integer"})}, {"a": {}}, "a.id"),
        ({"a": a_list(an_object(id={"type": "integer"}))}, {"a": [{"id": None}]}, "a.id"),
        ({"a": a_list({"type": "string"})}, {"a": ["x", None]}, "a"),
    ],
)
def test_what_must_not_be_null_is_an_error(
    properties: dict[str, Any], row: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidResponseError, match=f"'{field}' of the stream 'customers'"):
        conformer(properties)(row)


def test_an_object_that_is_null_needs_none_of_its_fields() -> None:
    conform = conformer({"a": an_object(id={"type": "integer"}), "b": a_list(an_object(id=TEXT))})

    assert conform({"a": None, "b": [None]}) == {"a": None, "b": [None]}


def test_an_object_with_all_that_it_needs_passes() -> None:
    needed = {"id": {"type": "integer"}, "day": {"type": "string", "format": "date"}}

    record = conformer({"a": an_object(**needed)})({"a": {"id": "1", "day": [1990, 1, 2]}})

    assert record == {"a": {"id": 1, "day": "1990-01-02"}}


def nested_row() -> dict[str, Any]:
    return {
        "id": 1,
        "firmware": {"version": "7.1"},
        "address": {"street": "Kai 1", "floor": 3},
        "periods": [{"from": "2024-01-01", "note": "x"}, {"from": None, "note": "y"}],
    }


NESTED = {
    "id": {"type": "integer"},
    "address": an_object(street=TEXT),
    "periods": a_list(an_object(**{"from": DATE})),
}


def test_unknown_fields_are_left_out_at_every_depth_and_reported_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    conform = conformer(NESTED)

    for _ in range(2):
        assert conform(nested_row()) == {
            "id": 1,
            "address": {"street": "Kai 1"},
            "periods": [{"from": "2024-01-01"}, {"from": None}],
        }
    assert warnings(caplog) == [
        "Unknown fields of the stream 'customers' are left out: firmware.",
        "Unknown fields of the stream 'customers' are left out: address.floor.",
        "Unknown fields of the stream 'customers' are left out: periods.note.",
    ]


def test_unknown_fields_are_kept_where_nothing_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    properties = {**NESTED, "unknown_fields": UNKNOWN_FIELDS_SCHEMA}
    conform = conformer(properties, unknown_fields="keep")
    row = nested_row()
    expected = {
        "id": 1,
        "address": row["address"],
        "periods": row["periods"],
        "unknown_fields": {"firmware": {"version": "7.1"}},
    }

    assert conform(nested_row()) == expected
    assert warnings(caplog) == [
        f"Unknown fields of the stream 'customers' are kept: {path}."
        for path in ("firmware", "address.floor", "periods.note")
    ]


def test_without_unknown_fields_nothing_is_kept() -> None:
    conform = conformer({"id": INTEGER}, unknown_fields="keep")

    assert conform({"id": 1}) == {"id": 1, "unknown_fields": None}


def test_a_field_that_is_called_unknown_fields_is_kept_as_well() -> None:
    properties = {"id": INTEGER, "unknown_fields": UNKNOWN_FIELDS_SCHEMA}

    assert conformer(properties, unknown_fields="keep")({"unknown_fields": "x"}) == {
        "id": None,
        "unknown_fields": {"unknown_fields": "x"},
    }


def test_an_object_that_may_hold_nothing_more_does_not(caplog: pytest.LogCaptureFixture) -> None:
    closed = {**an_object(street=TEXT), "additionalProperties": False}
    conform = conformer({"address": closed}, unknown_fields="keep")

    assert conform({"address": {"street": "Kai 1", "floor": 3}})["address"] == {"street": "Kai 1"}
    assert warnings(caplog) == [
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
        conformer(NESTED, unknown_fields="fail")(row)


def test_fields_named_at_random_do_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    conform = conformer({"id": INTEGER})

    for number in range(MAX_REPORTED_FIELDS + 50):
        conform({"id": 1, f"field {number}": 1})

    assert len(warnings(caplog)) == MAX_REPORTED_FIELDS


@pytest.mark.parametrize("policy", ["warn", "keep", "fail"])
def test_excluded_fields_are_never_written_kept_or_reported(
    policy: str, caplog: pytest.LogCaptureFixture
) -> None:
    conform = conformer(
        {
            "id": INTEGER,
            "email": TEXT,
            "reason": TEXT,
            "address": an_object(email=TEXT, street=TEXT),
            "idlePeriods": a_list(an_object(reason=TEXT, days=INTEGER)),
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
    assert not warnings(caplog)


def test_excluded_fields_within_unknown_ones_are_not_kept() -> None:
    conform = conformer(
        {"address": an_object(street=TEXT)},
        excluded=frozenset({"email", "owner.name"}),
        unknown_fields="keep",
    )
    new = {"owner": {"name": "Leni", "email": "leni@a.example", "age": 5}, "email": "Leni"}

    assert conform({"address": {"street": "Kai", **new}, **new}) == {
        "address": {"street": "Kai", "owner": {"age": 5}},
        "unknown_fields": {"owner": {"age": 5}},
    }


def test_fields_are_excluded_from_schemas_at_every_depth() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": INTEGER,
            "email": TEXT,
            "reason": TEXT,
            "idlePeriods": a_list(an_object(reason=TEXT, email=TEXT, days=INTEGER)),
            "phone": an_object(phone=TEXT),
        },
        "required": ["id", "email"],
    }

    exclude_fields(
        schema, frozenset({"email", "idlePeriods.reason", "customers.phone"}), "customers"
    )

    assert schema == {
        "type": "object",
        "properties": {
            "id": INTEGER,
            "reason": TEXT,
            "idlePeriods": a_list(an_object(days=INTEGER)),
        },
        "required": ["id"],
    }


def test_schemas_are_read_from_their_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tap_records_test" / "schemas"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    expected = {"type": "object", "properties": {"größe": TEXT}}
    (folder / "sites.json").write_text(json.dumps(expected), encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    load_schema("tap_records_test", "sites")["properties"].clear()

    assert load_schema("tap_records_test", "sites") == expected


def test_threads_share_a_conformer(caplog: pytest.LogCaptureFixture) -> None:
    conform = conformer({"id": INTEGER, "born": DATE})
    rows = [{"id": str(number), "born": "1990-02-30", "new": 1} for number in range(2000)]

    with ThreadPoolExecutor(8) as threads:
        records = list(threads.map(conform, rows))

    assert records == [{"id": number, "born": None} for number in range(2000)]
    assert conform.invalid_values == {"born": 2000}
    assert len(warnings(caplog)) == 2


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
        "object": an_object(a=INTEGER, b=a_list(TEXT)),
        "list": a_list(an_object(a=DATE, b=NUMBER)),
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


@given(
    st.datetimes(timezones=st.just(timezone(timedelta(hours=2)))),
    st.sampled_from(["", "[Europe/Berlin]", "[+02:00][u-ca=gregory]"]),
    st.sampled_from(["seconds", "milliseconds", "microseconds", "minutes"]),
)
def test_moments_stay_the_same_moments(moment: datetime, zone: str, precision: str) -> None:
    sent = moment.isoformat(timespec=precision)

    found = convert(DATE_TIME, sent + zone)

    assert datetime.fromisoformat(found) == datetime.fromisoformat(sent)
    assert jsonschema.Draft7Validator.FORMAT_CHECKER.conforms(found, "date-time")


def test_a_time_without_an_offset_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    conform = compile_conformer(
        {"type": "object", "properties": {"at": DATE_TIME}},
        stream_name="visits",
        logger=logging.getLogger("times"),
    )

    records = [conform({"at": text}) for text in ("2025-12-25T08:30:00", "2999-01-01")]

    assert [record["at"] for record in records] == [
        "2025-12-25T08:30:00+00:00",
        "2999-01-01T00:00:00+00:00",
    ]
    (warning,) = warnings(caplog)
    assert "'at' of the stream 'visits' holds a date-time without an offset" in warning


@pytest.mark.parametrize("value", [{}, [], [None], {"name": "a"}])
def test_an_object_or_a_list_is_no_key(value: Any) -> None:
    with pytest.raises(InvalidResponseError, match="'field'"):
        convert({"type": "string"}, value)


@given(st.dates())
def test_dates_stay_the_same_dates(day: date) -> None:
    assert convert(DATE, day.isoformat()) == day.isoformat()
    assert convert(DATE, [day.year, day.month, day.day]) == day.isoformat()
