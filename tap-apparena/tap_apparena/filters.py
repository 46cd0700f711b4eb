"""What the setting `filters` asks for, checked before the server sees it.

The server may ignore what it does not know, and would then send more than is wanted.
Source: the API's documentation, "Filter".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap_apparena.settings_schema import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_apparena.fields import Field

GRAMMAR = re.compile(r"filter\.(\w+)\[(\w+)\]=(.*)", re.IGNORECASE | re.DOTALL)
EXAMPLE = "filter.expiryDate[gt]=2026-11-25"


def check(
    filters: Mapping[str, Sequence[str]], fields: Mapping[str, Mapping[str, Field]]
) -> dict[str, list[tuple[str, str]]]:
    """Check the filters of each stream.

    Args:
        filters: The setting, by stream.
        fields: The fields of each stream that can be filtered.

    Returns:
        The parameters of each stream's requests.

    Raises:
        ConfigValidationError: A stream, a field, an operator or a value cannot be meant.
    """
    for stream in filters:
        if stream not in fields:
            raise invalid(
                f"'filters' names {stream!r}; only these streams can be filtered: "
                f"{', '.join(fields)}."
            )
    return {
        stream: [_parameter(stream, text, fields[stream]) for text in texts]
        for stream, texts in filters.items()
    }


def _parameter(stream: str, text: str, fields: Mapping[str, Field]) -> tuple[str, str]:
    """Read one filter; names may be in any case and become those of the documentation."""
    about = f"'filters' for {stream}: {text!r}"
    parts = GRAMMAR.fullmatch(text)
    if parts is None:
        raise invalid(f"{about} does not look like {EXAMPLE}.")
    spelled, operator, value = parts[1], parts[2].lower(), parts[3]
    name = next((name for name in fields if name.lower() == spelled.lower()), None)
    if name is None:
        raise invalid(f"{about} names no field of these: {', '.join(fields)}.")
    kind = fields[name].kind
    if operator not in kind.operators:
        raise invalid(f"{about} needs one of the operators {', '.join(sorted(kind.operators))}.")
    if not kind.is_filter_value(value):
        raise invalid(f"{about} must compare {name} with {kind.filter_form}.")
    return f"filter.{name}[{operator}]", value
