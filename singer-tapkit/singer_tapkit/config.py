"""The settings: common ones, their schema and checks, and what is wrong without the secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from jsonschema import Draft7Validator
from singer_sdk import typing as th
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.exceptions import ConfigValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


DEFAULT_TIMEOUT: Final = 60
MAX_TIMEOUT: Final = 86_400
DEFAULT_RETRIES: Final = 6
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})

MASK: Final = "***"
BOOLEANS: Final = frozenset({"true", "1", "yes", "on", "false", "0", "no", "off"})
UNKNOWN_REFUSED: Final = "Additional properties are not allowed"
"""How the validator begins what it says of names that a schema lacks, without the nearest one."""

PROGRAM_VARIABLES: Final = frozenset({"LOGLEVEL", "LOG_LEVEL"})
"""Variables with a tap's prefix that are the SDK's, and no settings."""


def common_settings(
    name: str, *, request_timeout: int = DEFAULT_TIMEOUT, max_retries: int = DEFAULT_RETRIES
) -> list[th.Property[Any]]:
    """Return the settings that every tap has, with these defaults; the time-out is in seconds."""
    return [
        th.Property(
            "allow_http",
            th.BooleanType,
            default=False,
            title="Allow plain HTTP",
            description="Send keys and data unencrypted also beyond this machine.",
        ),
        th.Property(
            "user_agent",
            th.StringType(min_length=1, pattern="^[ -~]+$"),
            default=name,
            title="User agent",
            description="The User-Agent header.",
        ),
        th.Property(
            "request_timeout",
            th.IntegerType(minimum=1, maximum=MAX_TIMEOUT),
            default=request_timeout,
            title="Time-out of a request (seconds)",
            description="How long the server may stay silent.",
        ),
        th.Property(
            "max_retries",
            th.IntegerType(minimum=0),
            default=max_retries,
            title="Retries",
            description="Maximum number of retries after a transient error.",
        ),
        th.Property(
            "unknown_fields",
            th.StringType(allowed_values=["warn", "keep", "fail"]),
            default="warn",
            title="Unknown fields",
            description="What to do with fields that the server sends and the tap does not know: "
            "warn and leave them out, keep them in one object, or fail.",
        ),
    ]


def config_error(message: str) -> ConfigValidationError:
    """Return the error about a setting, for the caller to raise."""
    return ConfigValidationError(message, errors=[message])


def to_config_schema(settings: th.PropertiesList) -> dict[str, Any]:
    """Return the JSON Schema of settings, which may be left out but never be null.

    The SDK allows null for optional settings, and a null hides the default.
    """
    schema = settings.to_dict()
    for setting in schema["properties"].values():
        if isinstance(setting.get("type"), list):
            setting["type"] = [name for name in setting["type"] if name != "null"]
    return schema


def validate_base_url(url: str, setting: str, example: str, *, allow_http: bool) -> str:
    """Return a base URL without blanks around it and slashes at its end, its host in ASCII.

    Messages do not quote it, as it may be a key in the wrong place.

    Args:
        url: What the settings hold.
        setting: What messages call it, such as ``'base_url'``.
        example: What it should look like.
        allow_http: Whether requests may go unencrypted beyond this machine.

    Raises:
        ConfigValidationError: It is no URL, or must not be used.
    """
    parts = _split_url(url.strip())
    if parts is None:
        raise config_error(f"{setting} must be an address like {example}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise config_error(
            f"{setting} must hold neither user and password nor anything after ? or #."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS and not allow_http:
        raise config_error(
            f"{setting} would send keys and data unencrypted. Use https, or set 'allow_http' to "
            "true if the network in between is yours."
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def parse_date(value: str, setting: str) -> date:
    """Return the day that a setting names; a time behind it does not count.

    Raises:
        ConfigValidationError: It names none.
    """
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        message = f"{setting!r} must be a date like 2026-01-31, not {value!r}."
        raise config_error(message) from None


def validate_dates(config: Mapping[str, Any]) -> None:
    """Check the settings `start_date` and `end_date`, as far as they are set.

    Raises:
        ConfigValidationError: One is no date, or nothing would be read because of them.
    """
    start, end = (
        parse_date(config[name], name) if config.get(name) else None
        for name in ("start_date", "end_date")
    )
    if start and end and end < start:
        raise config_error(
            f"'end_date' is {end}, which is before 'start_date', {start}: nothing would be read."
        )
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)  # which has begun in some time zones
    if start and start > tomorrow:
        raise config_error(
            f"'start_date' is {start}, which is to come by the clock of this machine: nothing "
            "would be read."
        )


def _split_url(url: str) -> SplitResult | None:
    """Return the parts of a URL with its host in ASCII, None if it is no URL."""
    try:
        parts = urlsplit(url)
        is_complete = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        return None
    if not is_complete:
        return None
    netloc = parts.netloc.lower().replace(parts.hostname or "", host)
    return parts if parts.netloc.isascii() else parts._replace(netloc=netloc)


def describe_errors(
    messages: Iterable[str], config: Mapping[str, Any], schema: Mapping[str, Any]
) -> list[str]:
    """Return messages of a validation without secrets, with the nearest names of unknown ones.

    Values stand in the messages as Python writes them; the schema marks secrets as such.
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
    """
    return list(_find_unknown_names(config, schema, "", is_secret=False))


def find_unknown_variables(
    variables: Iterable[str], schema: Mapping[str, Any], prefix: str
) -> list[str]:
    """Return a sentence about each environment variable that looks like a setting and is none.

    Meltano sets some that begin with two underscores, and some for the parts of objects.
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
    """Return the settings in environment variables, whose names begin with a prefix.

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
    return [
        reduce(lambda text, secret: text.replace(secret, MASK), longest_first, message)
        for message in messages
    ]


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
