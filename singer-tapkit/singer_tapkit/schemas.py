"""The JSON Schemas of streams: where they are, what is in them, and fields that stay out."""

from __future__ import annotations

import importlib.resources
from copy import deepcopy
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from singer_sdk.schema.source import SchemaDirectory

from singer_tapkit.errors import InvalidResponseError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def load_schema(package: str, name: str) -> dict[str, Any]:
    """Return the JSON Schema in ``<package>/schemas/<name>.json``, for the caller to change."""
    return deepcopy(_open_schemas(package).get_schema(name))


@cache
def _open_schemas(package: str) -> SchemaDirectory:
    return SchemaDirectory(importlib.resources.files(package) / "schemas")


def exclude_fields(schema: dict[str, Any], fields: frozenset[str], parent: str) -> None:
    """Remove fields from a JSON Schema at any depth, in place.

    Args:
        schema: The schema of a record or of a part of one.
        fields: Their names. ``idlePeriods.reason`` is meant only within ``idlePeriods``, be that
            an object or a list of objects.
        parent: The name of what the schema describes. For a record, the name of its stream.
    """
    properties = schema.get("properties", {})
    excluded = select_names(fields, parent)
    for name in excluded & properties.keys():
        del properties[name]
    if "required" in schema:
        schema["required"] = [name for name in schema["required"] if name not in excluded]
    for name, inner in properties.items():
        exclude_fields(inner, fields, name)
    if "items" in schema:
        exclude_fields(schema["items"], fields, parent)


@lru_cache(maxsize=4096)
def select_names(fields: frozenset[str], parent: str) -> frozenset[str]:
    """Return the names of those fields that are meant within `parent`."""
    parts = (field.rpartition(".") for field in fields)
    return frozenset(name for outer, _, name in parts if outer in {"", parent})


def remove_fields(excluded: frozenset[str], value: Any, parent: str) -> Any:
    """Return a value of any form without the excluded fields.

    Raises:
        InvalidResponseError: It is nested too deep.
    """
    try:
        return _remove(excluded, value, parent)
    except RecursionError:
        raise InvalidResponseError(
            f"The server sends a value in the field {parent!r} that is nested too deep."
        ) from None


def _remove(excluded: frozenset[str], value: Any, parent: str) -> Any:
    if isinstance(value, list):
        return [_remove(excluded, item, parent) for item in value]
    if not isinstance(value, dict):
        return value
    names = select_names(excluded, parent)
    return {
        name: _remove(excluded, inner, name) for name, inner in value.items() if name not in names
    }


def read_types(schema: Mapping[str, Any]) -> list[str]:
    """Return the JSON types that a schema allows; none if it allows all."""
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def requires_value(schema: Mapping[str, Any]) -> bool:
    """Return whether a schema does not allow null."""
    types = read_types(schema)
    return bool(types) and "null" not in types


def select_required(
    properties: Mapping[str, Mapping[str, Any]], names: Collection[str]
) -> tuple[str, ...]:
    """Return the names of those properties that must not be null."""
    return tuple(
        name for name, schema in properties.items() if name in names and requires_value(schema)
    )
