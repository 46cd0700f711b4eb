"""The setting `relations`: related records within the records of a stream.

Source: the API's documentation, "Relations" and the chapters of apps, templates, projects and
companies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from singer_tapkit.config import config_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RELATION_SCHEMA: Final[dict[str, Any]] = {
    "type": ["object", "array", "null"],
    "additionalProperties": True,
    "items": {},
    "description": "What is stored on the related records themselves; nothing in it is inherited.",
}


def validate_relations(
    relations: Mapping[str, Sequence[str]], allowed: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return the relations of each stream, each once.

    Args:
        relations: The setting, by stream.
        allowed: What each stream may be asked for.

    Raises:
        ConfigValidationError: A stream has no such relation.
    """
    for stream, names in relations.items():
        if not allowed.get(stream):
            having = ", ".join(name for name, some in allowed.items() if some)
            raise config_error(
                f"'relations' names {stream!r}; only these streams have any: {having}."
            )
        for name in names:
            if name == "apikeys":
                raise config_error("'relations' names 'apikeys', which would hand out credentials.")
            if name not in allowed[stream]:
                raise config_error(
                    f"'relations' names {name!r} for {stream}, which has only: "
                    f"{', '.join(allowed[stream])}."
                )
    return {stream: tuple(dict.fromkeys(names)) for stream, names in relations.items()}
