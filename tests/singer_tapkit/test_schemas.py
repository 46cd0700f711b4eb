"""Schemas in files, and fields that stay out of them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from singer_tapkit.schemas import exclude_fields, load_schema
from tests.singer_tapkit.conforming import (
    INTEGER,
    TEXT,
    a_list,
    an_object,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


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
