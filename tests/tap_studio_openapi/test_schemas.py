"""The schema files are what the description of the endpoints makes of them."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tap_studio_openapi.declarations import DECLARATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

TAP = Path(__file__).parents[2] / "tap-studio-openapi"
MAKE = runpy.run_path(str(TAP / "make_schemas.py"))
SCHEMAS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in (TAP / "tap_studio_openapi" / "schemas").iterdir()
}


def fields_in(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All fields of a schema, at any depth."""
    for name, inner in schema.get("properties", {}).items():
        yield name, inner
        yield from fields_in(inner)
    if "items" in schema:
        yield from fields_in(schema["items"])


def test_schema_files_are_up_to_date() -> None:
    assert MAKE["make_schemas"]() == SCHEMAS


def test_streams_name_the_scopes_of_their_endpoints() -> None:
    scopes = {
        MAKE["template_of"](entry["path"]): entry["scopes"]
        for entry in MAKE["ENDPOINTS"]
        if entry["method"] == "GET"
    }
    for stream, declaration in DECLARATIONS.items():
        assert list(declaration.scopes) == scopes[MAKE["template_of"](declaration.path)], stream


def test_every_field_has_a_type_and_a_description() -> None:
    for stream, schema in SCHEMAS.items():
        for name, field in fields_in(schema):
            assert field["type"], (stream, name)
            assert field["description"].endswith("."), (stream, name)


def test_every_description_is_used() -> None:
    used = {field["description"] for schema in SCHEMAS.values() for _, field in fields_in(schema)}
    texts = MAKE["TEXTS"].values()
    assert [text for text in texts if not any(one.startswith(text) for one in used)] == []
