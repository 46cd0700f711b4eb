"""The settings as the SDK checks them: never null, and never quoted where they are secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from singer_sdk import typing as th

MASK = "***"


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
    secrets = {name for name, setting in schema["properties"].items() if setting.get("secret")}
    return {name: _masked(config[name]) if name in secrets else config[name] for name in config}


def _masked(value: Any) -> Any:
    """Mask all that a value says, and keep its shape."""
    if isinstance(value, Mapping):
        return {name: _masked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, str):
        return MASK if value else value
    return value if value is None or isinstance(value, bool) else 0
