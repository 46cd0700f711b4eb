"""Leave fields about persons out of schemas and records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def leave_out_of_schema(schema: dict[str, Any], fields: Iterable[str]) -> None:
    """Remove fields from a JSON Schema, in place.

    Args:
        schema: The schema of an object.
        fields: Their names; ``addresses.email`` is a field of the objects in a list.
    """
    for field in fields:
        outer, _, inner = field.partition(".")
        if inner:
            leave_out_of_schema(schema["properties"][outer]["items"], [inner])
        else:
            del schema["properties"][outer]


def leave_out_of_record(record: dict[str, Any], fields: Iterable[str]) -> None:
    """Remove fields, named as in `leave_out_of_schema`, from a record, in place."""
    for field in fields:
        outer, _, inner = field.partition(".")
        if not inner:
            record.pop(outer, None)
            continue
        for item in record.get(outer) or ():
            leave_out_of_record(item, [inner])
