"""Objects and date-times that come in another form."""

from __future__ import annotations

from typing import Any

import pytest

from tap_apparena.fields import mark_as_utc, parse_meta


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "integer"}, {"type": "integer"}),
        ('{"type":"integer"}', {"type": "integer"}),
        ("[]", {}),
        ([], {}),
        (["a", "b"], {"0": "a", "1": "b"}),
        ("", None),
        (None, None),
        ("null", None),
        ("no JSON", {"value": "no JSON"}),
        (5, {"value": 5}),
    ],
)
def test_meta_becomes_an_object(value: Any, expected: Any) -> None:
    assert parse_meta(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2018-03-31 00:00:00", "2018-03-31T00:00:00+00:00"),
        ("2018-03-31T00:00:00+02:00", "2018-03-31T00:00:00+02:00"),
        ("2018-03-31", "2018-03-31"),
        ("", ""),
        (None, None),
        (30, 30),
    ],
)
def test_only_the_documented_form_of_date_times_gets_an_offset(value: Any, expected: Any) -> None:
    assert mark_as_utc(value) == expected
