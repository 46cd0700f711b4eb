"""The settings as the SDK checks them: never null, and never quoted where they are secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from singer_sdk.exceptions import ConfigValidationError

if TYPE_CHECKING:
    from singer_sdk import typing as th

MASK = "***"


def invalid(message: str) -> ConfigValidationError:
    """Make the error about a setting."""
    return ConfigValidationError(message, errors=[message])


def schema_of(settings: th.PropertiesList) -> dict[str, Any]:
    """Give the JSON Schema of settings, which may be left out but not be null.

    So their defaults always hold.
    """
    schema = settings.to_dict()
    for setting in schema["properties"].values():
        setting["type"] = [name for name in setting["type"] if name != "null"]
    return schema


def with_masked_secrets(config: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Mask the secret settings, for a check that quotes in its errors what is wrong.

    Args:
        config: The settings.
        schema: Their JSON Schema, in which secrets are marked as such.

    Returns:
        Settings that fit the schema exactly if the others do.
    """
    settings = schema["properties"]
    return {
        name: _masked(value, _names(settings[name])) if _is_secret(settings, name) else value
        for name, value in config.items()
    }


def _is_secret(settings: Mapping[str, Any], name: str) -> bool:
    return bool(settings.get(name, {}).get("secret"))


def _names(schema: Mapping[str, Any]) -> set[str]:
    """Give the names of all properties in a schema."""
    properties = schema.get("properties", {})
    inner = [*properties.values(), *([schema["items"]] if "items" in schema else [])]
    return {*properties, *(name for part in inner for name in _names(part))}


def _masked(value: Any, names: set[str]) -> Any:
    """Mask all that a value says but for the names of properties, and keep its shape."""
    if isinstance(value, Mapping):
        return {
            name if name in names else MASK: _masked(item, names) for name, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(item, names) for item in value]
    if isinstance(value, str):
        return MASK if value else value
    return value if value is None or isinstance(value, bool) else 0
