"""Values in the type and the format of their schema, or an error that quotes none."""

from __future__ import annotations

import logging
import math
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
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
    DATE_TIME,
    INTEGER,
    NUMBER,
    TEXT,
    convert,
    make_conformer,
    make_list,
    make_object,
    read_warnings,
)


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
        (make_list(INTEGER), [1, "2", None, 3.0], [1, 2, None, 3]),
        (make_list(make_list(INTEGER)), [["1"], []], [[1], []]),
        (INTEGER, 2**63 - 1, 2**63 - 1),
        (INTEGER, str(-(2**63)), -(2**63)),
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
    assert not read_warnings(caplog)


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
    conform = make_conformer({"period": make_object(field=schema)})

    for _ in range(3):
        assert conform({"period": {"field": value}}) == {"period": {"field": None}}

    (warning,) = read_warnings(caplog)
    assert "'period.field'" in warning
    assert "'customers'" in warning
    assert str(value) not in warning


@pytest.mark.parametrize(
    ("schema", "value", "found", "wanted"),
    [
        (INTEGER, "Hauptstr. 1", "string", "integer"),
        (INTEGER, "", "string", "integer"),
        (INTEGER, "1_000", "string", "integer"),
        (INTEGER, 1.5, "number", "integer"),
        (INTEGER, True, "boolean", "integer"),
        (INTEGER, 2**63, "integer", "integer of 64 bits"),
        (INTEGER, -(2**63) - 1, "integer", "integer of 64 bits"),
        (INTEGER, "1" + "0" * 30, "string", "integer of 64 bits"),
        (INTEGER, 1e300, "number", "integer of 64 bits"),
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
        (make_object(a=TEXT), "Hauptstr. 1", "string", "object"),
        (make_object(), "Hauptstr. 1", "string", "object"),
        (make_list({}), {"0": "Hauptstr."}, "object", "array"),
        (make_list(TEXT), {"0": "Hauptstr."}, "object", "array"),
        ({"type": ["integer", "boolean"]}, "Hauptstr. 1", "string", "integer"),
    ],
)
def test_what_cannot_be_converted_is_an_error_without_the_value(
    schema: dict[str, Any], value: object, found: str, wanted: str
) -> None:
    conform = make_conformer({"list": make_list(make_object(field=schema))})

    with pytest.raises(InvalidResponseError) as raised:
        conform({"list": [None, {"field": value}]})

    message = str(raised.value)
    assert f"'list.field' of the stream 'customers' as {found}, and {wanted} is" in message
    assert "Hauptstr" not in message
    assert raised.value.__cause__ is None


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


def test_a_time_without_an_offset_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
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
    (warning,) = read_warnings(caplog)
    assert "'at' of the stream 'visits' holds a date-time without an offset" in warning


def test_an_api_without_offsets_causes_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    conform = make_conformer({"at": DATE_TIME}, reports_local_times=False)

    assert conform({"at": "2025-12-25 08:30:00"}) == {"at": "2025-12-25T08:30:00+00:00"}
    assert read_warnings(caplog) == []


@pytest.mark.parametrize("value", [{}, [], [None], {"name": "a"}])
def test_an_object_or_a_list_is_no_key(value: Any) -> None:
    with pytest.raises(InvalidResponseError, match="'field'"):
        convert({"type": "string"}, value)


@given(st.dates())
def test_dates_stay_the_same_dates(day: date) -> None:
    assert convert(DATE, day.isoformat()) == day.isoformat()
    assert convert(DATE, [day.year, day.month, day.day]) == day.isoformat()
