"""Values become what the schema says, or are told."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tap_apparena.errors import UnreadableError
from tap_apparena.fields import BOOLEAN, INTEGER, OBJECT, TEXT, Field
from tap_apparena.records import Layout
from tap_apparena.unknown_fields import UnknownFields

FIELDS = {
    "id": Field(INTEGER),
    "value": Field(TEXT),
    "on": Field(BOOLEAN),
    "meta": Field(OBJECT),
    "email": Field(TEXT),
}


def made(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    layout = Layout(FIELDS, ["id"], **more)
    unknown = UnknownFields("warn", layout.names, logging.getLogger())
    return layout.record({"id": 1, **row}, unknown)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("id", "41207", 41207),
        ("id", 7.0, 7),
        ("value", "", ""),
        ("value", 12, "12"),
        ("value", True, "true"),
        ("value", ["a", "b"], '["a","b"]'),
        ("value", {"a": 1}, '{"a":1}'),
        ("on", 1, True),
        ("on", "0", False),
        ("on", "true", True),
        ("on", "", None),
        ("meta", '{"type":"integer"}', {"type": "integer"}),
        ("meta", "[]", {}),
        ("meta", [], {}),
        ("meta", ["a", "b"], {"0": "a", "1": "b"}),
        ("meta", "", None),
        ("meta", "null", None),
        ("meta", "no JSON", {"value": "no JSON"}),
        ("meta", 5, {"value": 5}),
    ],
)
def test_values_become_what_the_schema_says(field: str, value: Any, expected: Any) -> None:
    record = made({field: value})
    assert record[field] == expected
    assert type(record[field]) is type(expected)


@pytest.mark.parametrize(("field", "value"), [("id", "x"), ("id", 1.5), ("id", True), ("on", 2)])
def test_values_that_cannot_be_meant_are_told(field: str, value: Any) -> None:
    with pytest.raises(UnreadableError, match=f"a row's {field} is wrong"):
        made({field: value})


def test_a_missing_key_is_told() -> None:
    with pytest.raises(UnreadableError, match="no id"):
        made({"id": None})


def test_fields_that_are_missing_are_null_and_links_are_gone() -> None:
    assert made({"_links": {"app": {"href": "x"}}}) == {
        "id": 1,
        "value": None,
        "on": None,
        "meta": None,
        "email": None,
    }


def test_what_comes_for_relations_holds_no_links_keys_or_persons() -> None:
    company = {"name": "Kueste", "apikeys": {"7": {}}, "_links": {}, "createdBy": "mkoch"}
    languages = {"de_DE": {"lang": "de_DE", "updatedFromIp": "192.0.2.1"}}
    record = made(
        {"company": company, "languages": languages, "email": "a@b.example"},
        related=["company", "languages"],
        with_personal_data=False,
    )
    assert record["company"] == {"name": "Kueste"}
    assert record["languages"] == {"de_DE": {"lang": "de_DE"}}
    assert "email" not in record
