"""What is wrong with settings: their values, names and variables, without the secrets in them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft7Validator
from singer_sdk.configuration._dict_config import parse_environment_config

from singer_tapkit.config import config_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.exceptions import ConfigValidationError

MASK: Final = "***"
BOOLEANS: Final = frozenset({"true", "1", "yes", "on", "false", "0", "no", "off"})
UNKNOWN_REFUSED: Final = "Additional properties are not allowed"
"""How the validator begins what it says of names that a schema lacks, without the nearest one."""

PROGRAM_VARIABLES: Final = frozenset({"LOGLEVEL", "LOG_LEVEL"})
"""Variables with a tap's prefix that are the SDK's, and no settings."""


def describe_errors(
    messages: Iterable[str], config: Mapping[str, Any], schema: Mapping[str, Any]
) -> list[str]:
    """Return messages of a validation without secrets, with the nearest names of unknown ones.

    Args:
        messages: The messages; values stand in them as Python writes them.
        config: The settings.
        schema: Their JSON Schema, in which secrets are marked as such.
    """
    redacted = _redact_secrets(messages, config, schema)
    known = [text for text in redacted if not text.startswith(UNKNOWN_REFUSED)]
    unknown = find_unknown_settings(config, schema) if len(known) < len(redacted) else []
    return [*known, *unknown]


def find_type_errors(config: Mapping[str, Any], schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the name of each setting with a value of a wrong type in it, and a message.

    The SDK sets defaults before it checks, which ends with a traceback where an object is expected
    and something else is given.
    """
    return [
        (str(error.path[0]), f"{error.message} in config[{']['.join(map(repr, error.path))}]")
        for error in Draft7Validator(schema).iter_errors(config)
        if error.validator == "type"
    ]


def find_unknown_settings(config: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """Return a sentence about each setting, at any depth, that means nothing.

    A name that resembles none is not quoted where secrets are set, as it may be one.

    Args:
        config: The settings.
        schema: Their JSON Schema.
    """
    return list(_find_unknown_names(config, schema, "", is_secret=False))


def find_unknown_variables(
    variables: Iterable[str], schema: Mapping[str, Any], prefix: str
) -> list[str]:
    """Return a sentence about each environment variable that looks like a setting and is none.

    Meltano sets some that begin with two underscores, and some for the parts of objects.

    Args:
        variables: The names of the variables.
        schema: The JSON Schema of the settings.
        prefix: What the names of settings begin with.
    """
    known = {_to_variable(name): name for name in schema["properties"]}
    objects = tuple(
        f"{variable}_"
        for variable, name in known.items()
        if "object" in schema["properties"][name].get("type", ())
    )
    found = []
    for variable in sorted(variables):
        name = variable.removeprefix(prefix)
        is_ours = name != variable and not name.startswith(("_", *objects))
        if is_ours and name not in known.keys() | PROGRAM_VARIABLES:
            nearest = _find_nearest(name, known)
            hint = f", did you mean {prefix}{nearest}?" if nearest else "."
            found.append(f"The environment variable {variable} is no setting{hint}")
    return found


def read_environment(schema: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return the settings in environment variables.

    Args:
        schema: The JSON Schema of the settings.
        prefix: What the names of the variables begin with.

    Raises:
        ConfigValidationError: A variable is not of its setting's type.
    """
    found: dict[str, Any] = {}
    for name, setting in schema["properties"].items():
        try:
            found |= parse_environment_config({"properties": {name: setting}}, prefix)
        except ValueError:
            raise _type_error(name, setting, prefix) from None
        text = os.environ.get(prefix + _to_variable(name), "")
        if isinstance(found.get(name), bool) and text.lower() not in BOOLEANS:
            raise _type_error(name, setting, prefix)
    return found


def _redact_secrets(
    messages: Iterable[str], config: Mapping[str, Any], schema: Mapping[str, Any]
) -> list[str]:
    settings = schema["properties"]
    secrets = {
        repr(part)
        for name, value in config.items()
        if settings.get(name, {}).get("secret")
        for part in _find_texts(value, _collect_names(settings[name]))
    }
    longest_first = sorted(secrets, key=len, reverse=True)
    return [reduce(_replace_secret, longest_first, message) for message in messages]


def _collect_names(schema: Mapping[str, Any]) -> set[str]:
    """Return the names of all properties in a schema, at any depth."""
    properties = schema.get("properties", {})
    inner = [*properties.values(), *([schema["items"]] if "items" in schema else [])]
    return {*properties, *(name for part in inner for name in _collect_names(part))}


def _find_texts(value: Any, names: set[str]) -> Iterator[Any]:
    """Yield all texts in a value but the names of properties."""
    match value:
        case Mapping():
            yield from value.keys() - names
            for item in value.values():
                yield from _find_texts(item, names)
        case list():
            for item in value:
                yield from _find_texts(item, names)
        case None | bool() | "":
            return
        case _:
            yield value


def _replace_secret(message: str, secret: str) -> str:
    return message.replace(secret, MASK)


def _find_unknown_names(
    value: Any, schema: Mapping[str, Any], place: str, *, is_secret: bool
) -> Iterator[str]:
    is_secret = is_secret or bool(schema.get("secret"))
    known = schema.get("properties")
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _find_unknown_names(
                item, schema.get("items", {}), f"{place}[{index}]", is_secret=is_secret
            )
    elif isinstance(value, Mapping) and known:
        allows_others = isinstance(schema.get("additionalProperties"), Mapping)
        for name, item in value.items():
            inner = f"{place}.{name}" if place else name
            if name in known:
                yield from _find_unknown_names(item, known[name], inner, is_secret=is_secret)
            elif not allows_others:
                yield _describe_unknown(name, known, place, is_secret=is_secret)


def _describe_unknown(name: str, known: Iterable[str], place: str, *, is_secret: bool) -> str:
    nearest = _find_nearest(name, known)
    inside = f" in {place!r}" if place else ""
    if nearest:
        return f"There is no setting {name!r}{inside}, did you mean {nearest!r}?"
    quoted = "of one name" if is_secret else repr(name)
    return f"There is no setting {quoted}{inside}. It has no effect."


def _find_nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name, list(known), n=1)), None)


def _type_error(name: str, setting: Mapping[str, Any], prefix: str) -> ConfigValidationError:
    kind = setting["type"]
    kinds = [kind] if isinstance(kind, str) else [item for item in kind if item != "null"]
    variable = prefix + _to_variable(name)
    form = ", written as JSON" if {"array", "object"} & set(kinds) else ""
    return config_error(f"The environment variable {variable} must be of type {kinds[0]}{form}.")


def _to_variable(name: str) -> str:
    return name.upper().replace("-", "_")
