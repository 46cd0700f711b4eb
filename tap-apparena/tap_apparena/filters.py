"""The setting `filters`, checked before the server sees it.

The server may ignore what it does not know, and would then send more than is wanted.
Source: the API's documentation, "Filter".
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from singer_tapkit.config import config_error
from tap_apparena.fields import UNDOCUMENTED_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GRAMMAR: Final = re.compile(r"filter\.(\w+)\[(\w+)\]=(.*)", re.IGNORECASE | re.DOTALL)
EXAMPLE: Final = "filter.expiryDate[gt]=2026-11-25"

COMPARISONS: Final = frozenset({"eq", "neq", "gt", "gte", "lt", "lte"})
MATCHES: Final = frozenset({"eq", "neq", "match", "not"})
EQUALITY: Final = frozenset({"eq", "neq"})


class FieldType(NamedTuple):
    """How a field can be filtered.

    Attributes:
        operators: What it can be compared by.
        value_form: What it is compared with, in words.
        is_value: Returns something true for a text of that form.
    """

    operators: frozenset[str]
    value_form: str
    is_value: Callable[[str], object]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


DATE: Final = FieldType(COMPARISONS, "a day like 2026-01-31", _is_day)
INTEGER: Final = FieldType(COMPARISONS, "digits", re.compile("-?[0-9]+").fullmatch)
BOOLEAN: Final = FieldType(
    EQUALITY,
    "true, false, 1 or 0",
    re.compile("true|false|1|0", re.ASCII | re.IGNORECASE).fullmatch,
)
TEXT: Final = FieldType(MATCHES, "any text", bool)
FIELD_TYPES: Final = {"integer": INTEGER, "boolean": BOOLEAN, "string": TEXT, "object": TEXT}


def validate_filters(
    filters: Mapping[str, Sequence[str]], schemas: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[tuple[str, str]]]:
    """Return the query parameters that filter each stream.

    Args:
        filters: The setting, by stream.
        schemas: The JSON Schema of each stream that can be filtered.

    Raises:
        ConfigValidationError: A stream, a field, an operator or a value cannot be meant.
    """
    for stream in filters:
        if stream not in schemas:
            raise config_error(
                f"'filters' names {stream!r}; only these streams can be filtered: "
                f"{', '.join(schemas)}."
            )
    return {
        stream: [_parse_filter(stream, text, _fields_of(schemas[stream])) for text in texts]
        for stream, texts in filters.items()
    }


def _fields_of(schema: Mapping[str, Any]) -> dict[str, FieldType]:
    """Return the documented fields of a stream."""
    return {
        name: DATE if field.get("format") == "date-time" else FIELD_TYPES[field["type"][0]]
        for name, field in schema["properties"].items()
        if name not in UNDOCUMENTED_FIELDS and not name.startswith("source")
    }


def _parse_filter(stream: str, text: str, fields: Mapping[str, FieldType]) -> tuple[str, str]:
    """Return one filter; names may be in any case and become those of the documentation."""
    about = f"'filters' for {stream}: {text!r}"
    parts = GRAMMAR.fullmatch(text)
    if parts is None:
        raise config_error(f"{about} does not look like {EXAMPLE}.")
    spelled, operator, value = parts[1], parts[2].lower(), parts[3]
    name = next((name for name in fields if name.lower() == spelled.lower()), None)
    if name is None:
        raise config_error(f"{about} names no field of these: {', '.join(fields)}.")
    operators, value_form, is_value = fields[name]
    if operator not in operators:
        raise config_error(f"{about} needs one of the operators {', '.join(sorted(operators))}.")
    if not is_value(value):
        raise config_error(f"{about} must compare {name} with {value_form}.")
    return f"filter.{name}[{operator}]", value
