"""The accounts that a tap reads: listed in the settings or in a file, all or a slice of them.

An environment variable, by which Meltano hands a setting on, ends at 128 KiB; a JSON or YAML file
holds any number of accounts. Slices let several processes share them, each with its own state.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec
import yaml
from jsonschema import Draft7Validator
from singer_sdk import typing as th
from singer_sdk.exceptions import ConfigValidationError
from typing_extensions import override

from singer_tapkit.config import config_error, describe_errors

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator, Mapping


T = TypeVar("T")

SLICE: Final = "slice"
SLICE_FORM: Final = re.compile(r"0*([1-9][0-9]{0,8})/0*([1-9][0-9]{0,8})")
HASH_DIGITS: Final = 8
"""So many hexadecimal digits of a hash choose the slice; a shell can reckon with them."""

VARIABLE: Final = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")

MAX_ERRORS: Final = 5
"""How many errors of a file are reported."""


def account_settings(setting: str) -> list[th.Property[Any]]:
    """Return the settings that go with the one that holds a list of accounts."""
    return [
        th.Property(
            f"{setting}_file",
            th.StringType(min_length=1),
            title=f"File with the {setting}",
            description=f"A JSON or YAML file with the list, in place of `{setting}`. A secret in "
            "it may be `$NAME`, an environment variable. A relative path begins in the working "
            "directory.",
        ),
        th.Property(
            SLICE,
            th.StringType,
            title="Slice",
            description=f"Which part of the {setting} to read, for several processes: 3/8 is the "
            "third of eight.",
        ),
    ]


@dataclass(frozen=True)
class Slice:
    """One of `count` parts of a list, which together are the whole; `number` begins at one."""

    number: int = 1
    count: int = 1


def slice_of(name: str, count: int) -> int:
    """Return in which of so many slices the account of a name is, from one."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return int(digest[:HASH_DIGITS], 16) % count + 1


def parse_slice(config: Mapping[str, Any]) -> Slice:
    """Return the slice in the settings; without one, the whole."""
    text = config.get(SLICE)
    if text is None:
        return Slice()
    found = SLICE_FORM.fullmatch(text)
    part = Slice(*map(int, found.groups())) if found else None
    if part is None or part.number > part.count:
        raise config_error(
            f"'slice' must be like 3/8, the third of eight slices, and {text!r} is not."
        )
    return part


@dataclass(frozen=True)
class Accounts(Generic[T]):
    """The accounts in the settings.

    Attributes:
        chosen: Those of the slice, in the order of the settings.
        all: All of them; the others' secrets may be names of variables.
        part: The slice.
    """

    chosen: list[T]
    all: list[T] = field(repr=False)
    part: Slice

    def count_slices(self, group: Callable[[T], str]) -> dict[str, int]:
        """Return in how many slices the accounts of each group, such as a server, are."""
        slices: defaultdict[str, set[int]] = defaultdict(set)
        for account in self.all:
            slices[group(account)].add(slice_of(str(account), self.part.count))
        return {name: len(found) for name, found in slices.items()}


@dataclass(frozen=True)
class AccountList(Generic[T]):
    """How the settings of a tap list its accounts.

    Attributes:
        setting: The setting that holds the list.
        secrets: The keys of an entry that are secret.
        parse: Returns the account of an entry, whose text is its name, or raises a
            `ConfigValidationError`; the second argument are all settings.
        required: What to set, if there are no accounts, as a sentence.
        single: A setting that makes the settings themselves an entry.
        has_unique_names: Whether two accounts of one name are refused; where names are addresses,
            they may stand twice.
    """

    setting: str
    secrets: tuple[str, ...]
    parse: Callable[[Mapping[str, Any], Mapping[str, Any]], T]
    required: str
    single: tuple[str, ...] = ()
    has_unique_names: bool = True

    @property
    def file_setting(self) -> str:
        """The setting that names a file with the list."""
        return f"{self.setting}_file"

    def load(self, config: dict[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings with the list from the file, if they name one.

        Raises:
            ConfigValidationError: The file cannot be read, or does not fit the JSON Schema.
        """
        path = config.get(self.file_setting)
        if not path or not isinstance(path, str):
            return config
        if config.get(self.setting):
            raise config_error(
                f"Both {self.setting!r} and {self.file_setting!r} are set. Remove one of the two."
            )
        entries = read_account_file(path, self.setting, schema["properties"][self.setting])
        return {**config, self.setting: entries}

    def read(self, config: Mapping[str, Any]) -> Accounts[T]:
        """Return the accounts in settings that `load` has returned.

        Raises:
            ConfigValidationError: There are none, or some that must not be used.
        """
        entries = self._entries(config)
        if not entries:
            raise config_error(self.required)
        part = parse_slice(config)
        found = [self._parse(place, entry, config) for place, entry in entries.items()]
        if self.has_unique_names:
            self._refuse_namesakes(list(entries), [str(account) for account in found])
        chosen = [
            self._parse(place, self._with_secrets(place, entry, config), config)
            for (place, entry), account in zip(entries.items(), found, strict=True)
            if slice_of(str(account), part.count) == part.number
        ]
        return Accounts(chosen, found, part)

    def log_slice(self, config: Mapping[str, Any], logger: logging.Logger) -> None:
        """Log which part of the accounts is read, if not all are."""
        if SLICE in config:
            found = self.read(config)
            logger.info(
                "Slice %s has %s of %s %s%s.",
                config[SLICE],
                f"{len(found.chosen):,}",
                f"{len(found.all):,}",
                self.setting,
                "" if found.chosen else ", so that there is nothing to read",
            )

    def _entries(self, config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """Return all entries by what messages call their places."""
        path = config.get(self.file_setting)
        entries = {
            describe_place(path, index, entry) if path else f"{self.setting}[{index}]": entry
            for index, entry in enumerate(config.get(self.setting) or ())
        }
        if any(config.get(name) for name in self.single):
            return {"": config, **entries}
        return entries

    def _parse(self, place: str, entry: Mapping[str, Any], config: Mapping[str, Any]) -> T:
        try:
            return self.parse(entry, config)
        except ConfigValidationError as error:
            raise config_error(f"{place}: {error}" if place else str(error)) from None

    def _with_secrets(
        self, place: str, entry: Mapping[str, Any], config: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return an entry of a file with the values of variables in place of their names."""
        if not place or not config.get(self.file_setting):
            return entry
        return {
            **entry,
            **{key: _read_secret(entry[key], f"{place}: {key!r}") for key in self.secrets},
        }

    def _refuse_namesakes(self, places: list[str], names: list[str]) -> None:
        by_name: defaultdict[str, list[str]] = defaultdict(list)
        for place, name in zip(places, names, strict=True):
            by_name[name].append(place or f"'{self.single[0]}' of the settings")
        for name, same in by_name.items():
            if len(same) > 1:
                raise config_error(
                    f"{len(same)} {self.setting} are called {name!r}, and each must have a name "
                    f"of its own: {'; '.join(same)}."
                )


def _read_secret(text: str, place: str) -> str:
    """Return a secret of a file: a variable's value, or the text itself.

    The error does not quote the name of the variable, as it may be a secret that begins with $.
    """
    if text.startswith("$$"):
        return text[1:]
    if not text.startswith("$"):
        return text
    name = VARIABLE.fullmatch(text)
    value = os.environ.get(name[1]) if name else None
    if not value:
        raise config_error(
            f"{place} begins with $, so it names an environment variable, and that one is not "
            "set. Write $$ for a secret that begins with $."
        )
    return value


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
    """Return the list in a file, which fits the JSON Schema of a setting.

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
