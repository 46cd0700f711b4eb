"""What the setting `relations` asks for: related records within the records of a collection.

Source: the API's documentation, "Relations" and the chapters of apps, templates, projects and
companies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_apparena.personal_data import without_personal
from tap_apparena.settings_schema import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEVER = frozenset({"apikeys", "_links"})
SCHEMA = {
    "type": ["object", "array", "null"],
    "additionalProperties": True,
    "items": {},
    "description": "What is stored on the related records themselves; nothing in it is inherited.",
}


def check(
    relations: Mapping[str, Sequence[str]], allowed: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Check which relations are wanted.

    Args:
        relations: The setting, by stream.
        allowed: What each stream may be asked for.

    Returns:
        The relations of each stream, each once.

    Raises:
        ConfigValidationError: A stream has no such relation.
    """
    for stream, names in relations.items():
        if not allowed.get(stream):
            having = ", ".join(name for name, some in allowed.items() if some)
            raise invalid(f"'relations' names {stream!r}; only these streams have any: {having}.")
        for name in names:
            if name == "apikeys":
                raise invalid("'relations' names 'apikeys', which would hand out credentials.")
            if name not in allowed[stream]:
                raise invalid(
                    f"'relations' names {name!r} for {stream}, which has only: "
                    f"{', '.join(allowed[stream])}."
                )
    return {stream: tuple(dict.fromkeys(names)) for stream, names in relations.items()}


def safe(value: Any, *, with_personal_data: bool) -> Any:
    """Give what came for a relation, without links, keys and whatever fits no object or array."""
    value = _without_never(value)
    if not isinstance(value, dict | list):
        value = None if value in {None, "", False} else {"value": value}
    return value if with_personal_data else without_personal(value)


def _without_never(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_never(item) for name, item in value.items() if name not in NEVER}
    if isinstance(value, list):
        return [_without_never(item) for item in value]
    return value
