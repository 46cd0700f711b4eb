"""A list of accounts in a JSON or YAML file: read, or refused without a secret in the message."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import yaml
from jsonschema import Draft7Validator
from singer_sdk.exceptions import ConfigValidationError
from typing_extensions import override

from singer_tapkit.config import config_error
from singer_tapkit.config_errors import describe_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_ERRORS: Final = 5
"""How many errors of a file are reported."""


class _UniqueKeyLoader(yaml.SafeLoader):
    """A loader that refuses a key that comes twice, as where the dash of an entry is missing.

    PyYAML's loader in C is faster, and crashes on what is nested too deep.
    """

    @override
    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse keys that come twice, before merged ones are added, which may."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem_mark=key.start_mark)
            seen.add(key.value)
        super().flatten_mapping(node)


def read_account_file(path: str, setting: str, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the list of accounts in a file.

    Args:
        path: The file.
        setting: The setting that could hold the list instead.
        schema: The JSON Schema of that setting.

    Raises:
        ConfigValidationError: It cannot be read, or is no such list.
    """
    entries = _decode(_read(path), path)
    if not isinstance(entries, list):
        raise config_error(f"{path} must hold a list, as the setting {setting!r} does.")
    if not entries:
        raise config_error(f"{path} holds an empty list, so that nothing would be read.")
    if messages := list(_find_errors(entries, schema["items"], path)):
        reported = messages[:MAX_ERRORS]
        if more := len(messages) - len(reported):
            reported.append(f"{path}: {more:,} more like these.")
        raise ConfigValidationError(" ".join(reported), errors=reported)
    return entries


def describe_place(path: str, index: int, entry: Any) -> str:
    """Return what messages call an entry of a file."""
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"{path}, entry {index + 1}" + (f" ({name!r})" if isinstance(name, str) else "")


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise config_error(f"{path} must be text in UTF-8, and is not.") from None
    except OSError as error:
        base = "" if Path(path).is_absolute() else f" The working directory is {Path.cwd()}."
        raise config_error(f"{path} cannot be read: {error.strerror}.{base}") from None


def _decode(text: str, path: str) -> Any:
    """Return what a text says in JSON, or else in YAML; errors of neither are quoted."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return yaml.load(text, _UniqueKeyLoader)  # noqa: S506 - a safe one
    except (yaml.YAMLError, RecursionError) as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = f"line {mark.line + 1}" if mark else "it"
        raise config_error(
            f"{path} must hold a list in JSON or YAML, and {line} cannot be understood, or repeats "
            "a key of an entry."
        ) from None


def _find_errors(entries: list[Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with entries."""
    validator = Draft7Validator(schema)
    for index, entry in enumerate(entries):
        place = describe_place(path, index, entry)
        for message in describe_errors(
            [error.message for error in validator.iter_errors(entry)],
            {place: entry},
            {"properties": {place: {**schema, "secret": True}}},
        ):
            is_sentence = message.endswith(("?", "."))
            yield message if is_sentence else f"{place}: {message}."
