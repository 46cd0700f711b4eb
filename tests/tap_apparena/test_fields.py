"""Objects that come in another form."""

from __future__ import annotations

from typing import Any

import pytest

from tap_apparena.fields import parse_meta


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
