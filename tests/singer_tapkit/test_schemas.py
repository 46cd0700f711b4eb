"""Schemas in files, and fields that stay out of them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import InvalidResponseError
from singer_tapkit.schemas import (
    exclude_fields,
    load_schema,
    read_types,
    remove_fields,
    select_required,
)
from tests.singer_tapkit.conforming import (
    INTEGER,
    TEXT,
    make_list,
    make_object,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_fields_are_excluded_from_schemas_at_every_depth() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": INTEGER,
            "email": TEXT,
            "reason": TEXT,
            "idlePeriods": make_list(make_object(reason=TEXT, email=TEXT, days=INTEGER)),
            "phone": make_object(phone=TEXT),
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
            "idlePeriods": make_list(make_object(days=INTEGER)),
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


def test_fields_are_excluded_from_values_of_any_form() -> None:
    excluded = frozenset({"email", "owner.name"})
    owner = {"name": "Leni", "email": "leni@a.example", "age": 5}

    found = remove_fields(excluded, [{"owner": owner, "name": "Kai"}, 7], "shop")

    assert found == [{"owner": {"age": 5}, "name": "Kai"}, 7]
    assert remove_fields(excluded, owner, "owner") == {"age": 5}


def test_a_value_that_is_nested_too_deep_is_an_error() -> None:
    value: Any = None
    for _ in range(100_000):
        value = [value]

    with pytest.raises(InvalidResponseError, match="'shop' that is nested too deep"):
        remove_fields(frozenset({"email"}), value, "shop")


@pytest.mark.parametrize(
    ("schema", "types", "required"),
    [
        ({"type": "string"}, ["string"], True),
        ({"type": ["string", "null"]}, ["string", "null"], False),
        ({}, [], False),
    ],
)
def test_a_schema_says_which_types_it_allows(
    schema: dict[str, Any], types: list[str], *, required: bool
) -> None:
    assert read_types(schema) == types
    assert select_required({"id": schema}, ["id"]) == (("id",) if required else ())
    assert select_required({"id": schema}, []) == ()
