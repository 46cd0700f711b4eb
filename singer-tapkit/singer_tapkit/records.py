"""Make records fit the JSON Schema of their stream.

A conformer is compiled once per stream. It converts values, deals with fields that the schema
lacks, and leaves out excluded fields, at every depth. Values that already have the right type cost
one comparison each.
"""

from __future__ import annotations

import importlib.resources
import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from math import isfinite
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from singer_sdk.schema.source import SchemaDirectory

from singer_tapkit.errors import InvalidResponseError, UnknownFieldsError

if TYPE_CHECKING:
    import logging
    from collections.abc import Collection, Mapping

UnknownFieldPolicy = Literal["warn", "keep", "fail"]

UNKNOWN_FIELDS: Final = "unknown_fields"
"""The property that holds the unknown fields of a record under the policy ``keep``."""

UNKNOWN_FIELDS_SCHEMA: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "additionalProperties": True,
    "description": "Fields that the server sends and this tap does not know yet.",
}

MAX_REPORTED_FIELDS: Final = 100
"""Maximum number of unknown fields that one stream reports."""

EMPTY_DATE = "0000-00-00"
INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
JSON_TYPES: dict[type, str] = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
}
PYTHON_TYPES = {name: python_type for python_type, name in JSON_TYPES.items()}

_Field = tuple[str, type | None, Callable[[Any], Any]]
"""A name, the type of values that need no conversion, and what converts all others but null.

A plain tuple, as unpacking another one for each value takes a third of the time of a record.
"""


class _TimeOfDay(msgspec.Struct):
    """A time of day as Java serializers write it."""

    hour: Annotated[int, msgspec.Meta(ge=0, le=23)]
    minute: Annotated[int, msgspec.Meta(ge=0, le=59)]
    second: Annotated[int, msgspec.Meta(ge=0, le=59)] | None = None


def load_schema(package: str, name: str) -> dict[str, Any]:
    """Return the JSON Schema in ``<package>/schemas/<name>.json``, for the caller to change."""
    return deepcopy(_schemas_of(package).get_schema(name))


@cache
def _schemas_of(package: str) -> SchemaDirectory:
    return SchemaDirectory(importlib.resources.files(package) / "schemas")


def exclude_fields(schema: dict[str, Any], fields: frozenset[str], parent: str) -> None:
    """Remove fields from a JSON Schema at any depth, in place.

    Args:
        schema: The schema of a record or of a part of one.
        fields: Their names. ``idlePeriods.reason`` is meant only within ``idlePeriods``, be that
            an object or a list of objects.
        parent: The name of what the schema describes. For a record, the name of its stream.
    """
    properties = schema.get("properties", {})
    excluded = _names_in(fields, parent)
    for name in excluded & properties.keys():
        del properties[name]
    if "required" in schema:
        schema["required"] = [name for name in schema["required"] if name not in excluded]
    for name, inner in properties.items():
        exclude_fields(inner, fields, name)
    if "items" in schema:
        exclude_fields(schema["items"], fields, parent)


@lru_cache(maxsize=4096)
def _names_in(fields: frozenset[str], parent: str) -> frozenset[str]:
    """Return the names of those fields that are meant within `parent`."""
    parts = (field.rpartition(".") for field in fields)
    return frozenset(name for outer, _, name in parts if outer in {"", parent})


def _without(excluded: frozenset[str], value: Any, parent: str) -> Any:
    """Return a value of any form without the excluded fields.

    Raises:
        InvalidResponseError: It is nested too deep.
    """
    try:
        return _remove(excluded, value, parent)
    except RecursionError:
        raise InvalidResponseError(
            f"The server sends a value in the field {parent!r} that is nested too deep."
        ) from None


def _remove(excluded: frozenset[str], value: Any, parent: str) -> Any:
    if isinstance(value, list):
        return [_remove(excluded, item, parent) for item in value]
    if not isinstance(value, dict):
        return value
    names = _names_in(excluded, parent)
    return {
        name: _remove(excluded, inner, name) for name, inner in value.items() if name not in names
    }


def compile_conformer(
    schema: Mapping[str, Any],
    *,
    stream_name: str,
    excluded: frozenset[str] = frozenset(),
    unknown_fields: UnknownFieldPolicy = "warn",
    logger: logging.Logger | logging.LoggerAdapter[Any],
) -> Conformer:
    """Compile what makes the records of a stream fit its schema.

    Args:
        schema: The JSON Schema of a record. Objects for which it lists no properties pass, only
            without excluded fields.
        stream_name: The name of the stream.
        excluded: Fields that are never written, kept or reported, named as in `exclude_fields`.
        unknown_fields: What to do with fields that the schema lacks. ``warn`` leaves them out and
            reports each once. ``keep`` gathers those of the record in the property
            ``unknown_fields``; those of inner objects stay where they are, unless the object has
            ``additionalProperties: false``. ``fail`` raises an error.
        logger: Where unknown fields and invalid values are reported.
    """
    return Conformer(schema, stream_name, excluded, _Reporter(stream_name, unknown_fields, logger))


class Conformer:
    """Makes records of rows. Threads may share it."""

    def __init__(
        self,
        schema: Mapping[str, Any],
        stream_name: str,
        excluded: frozenset[str],
        reporter: _Reporter,
    ) -> None:
        """Compile the schema; see `compile_conformer`."""
        properties = dict(schema.get("properties", {}))
        self._keeps_unknown = reporter.policy == "keep"
        if self._keeps_unknown:
            properties.pop(UNKNOWN_FIELDS, None)
        self._fields = _Compiler(excluded, reporter).compile_fields(properties, stream_name, "")
        self._nulls = dict.fromkeys(name for name, _, _ in self._fields)
        self._required = _required_in(properties, self._nulls)
        self._unknown_fields = _UnknownFields(
            known=frozenset(self._nulls),
            excluded=excluded,
            excluded_here=_names_in(excluded, stream_name),
            path="",
            is_kept=self._keeps_unknown,
            reporter=reporter,
        )
        self._reporter = reporter

    @property
    def invalid_values(self) -> dict[str, int]:
        """How many values were replaced by null because they are invalid, by field."""
        return dict(self._reporter.invalid_values)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Make a record of a row, whose inner objects may be changed in place.

        Returns:
            The properties of the schema in its order. Those that the row lacks are null. Inner
            objects have the fields that were sent, in the order in which they were sent.

        Raises:
            InvalidResponseError: A value cannot be converted, or is null where the schema does not
                allow it.
            UnknownFieldsError: There are unknown fields, and the policy is ``fail``.
        """
        record = {**self._nulls, **row}
        unknown = None
        if len(record) > len(self._nulls):
            unknown = self._unknown_fields.take(record)
        for name, kind, convert in self._fields:
            value = record[name]
            if type(value) is not kind and value is not None:
                record[name] = convert(value)
        for name in self._required:
            if record[name] is None:
                raise self._reporter.null_error(name)
        if self._keeps_unknown:
            record[UNKNOWN_FIELDS] = unknown or None
        return record


@dataclass(frozen=True)
class _UnknownFields:
    """Takes unknown and excluded fields out of one kind of object.

    Attributes:
        known: The fields that the schema has.
        excluded: The excluded fields of all objects.
        excluded_here: The names of those that are meant in these objects.
        path: What stands before a name in reports.
        is_kept: Whether the unknown fields are written.
        reporter: Where they are reported.
    """

    known: frozenset[str]
    excluded: frozenset[str]
    excluded_here: frozenset[str]
    path: str
    is_kept: bool
    reporter: _Reporter

    def take(self, value: dict[str, Any]) -> dict[str, Any]:
        """Remove unknown and excluded fields from an object, and report the unknown ones.

        Returns:
            Those that are kept, without excluded fields in them.
        """
        for name in self.excluded_here.intersection(value):
            del value[name]
        if self.known.issuperset(value):
            return {}
        names = sorted(value.keys() - self.known)
        self.reporter.report_unknown([self.path + name for name in names], is_kept=self.is_kept)
        unknown = {name: value.pop(name) for name in names}
        if not self.is_kept:
            return {}
        return {name: _without(self.excluded, inner, name) for name, inner in unknown.items()}


class _Reporter:
    """Reports what is wrong with the rows of a stream, and quotes no value."""

    def __init__(
        self,
        stream_name: str,
        policy: UnknownFieldPolicy,
        logger: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self.policy = policy
        self.invalid_values: Counter[str] = Counter()
        self._stream_name = stream_name
        self._logger = logger
        self._reported: set[str] = set()
        self._local_times: set[str] = set()
        self._lock = Lock()

    def type_error(self, path: str, value: object, wanted: str) -> InvalidResponseError:
        """Return the error about a value that cannot be converted."""
        found = JSON_TYPES.get(type(value), type(value).__name__)
        return InvalidResponseError(
            f"The server sends the field {path!r} of the stream {self._stream_name!r} as {found}, "
            f"and {wanted} is expected."
        )

    def null_error(self, path: str) -> InvalidResponseError:
        """Return the error about a value that is missing."""
        return InvalidResponseError(
            f"The server sends no valid value in the field {path!r} of the stream "
            f"{self._stream_name!r}, which must not be null."
        )

    def report_invalid(self, path: str, wanted: str) -> None:
        """Count a value that is replaced by null, and report the first one of its field."""
        with self._lock:
            self.invalid_values[path] += 1
            is_first = self.invalid_values[path] == 1
        if is_first:
            self._logger.warning(
                "The field %r of the stream %r holds a value that is no valid %s. Such values "
                "are written as null.",
                path,
                self._stream_name,
                wanted,
            )

    def report_local_time(self, path: str) -> None:
        """Report that a field has date-times without an offset, once."""
        with self._lock:
            is_first = path not in self._local_times
            self._local_times.add(path)
        if is_first:
            self._logger.warning(
                "The field %r of the stream %r holds a date-time without an offset. Such values "
                "are taken for UTC.",
                path,
                self._stream_name,
            )

    def report_unknown(self, paths: list[str], *, is_kept: bool) -> None:
        """Report unknown fields, each once.

        Raises:
            UnknownFieldsError: The policy is ``fail``.
        """
        if self.policy == "fail":
            raise UnknownFieldsError(
                f"The server sends unknown fields in the stream {self._stream_name!r}: "
                f"{', '.join(paths)}. Run discovery again, use a newer version of the tap, or set "
                "'unknown_fields' to 'keep' or 'warn'."
            )
        with self._lock:
            new = [path for path in paths if path not in self._reported]
            new = new[: MAX_REPORTED_FIELDS - len(self._reported)]
            self._reported.update(new)
        if new:
            self._logger.warning(
                "Unknown fields of the stream %r are %s: %s.",
                self._stream_name,
                "kept" if is_kept else "left out",
                ", ".join(new),
            )


class _Compiler:
    """Compiles the parts of a schema."""

    def __init__(self, excluded: frozenset[str], reporter: _Reporter) -> None:
        self._excluded = excluded
        self._reporter = reporter

    def compile_fields(
        self, properties: Mapping[str, Mapping[str, Any]], parent: str, path: str
    ) -> list[_Field]:
        """Compile the properties of an object that are not excluded."""
        excluded = _names_in(self._excluded, parent)
        return [
            self._compile_field(schema, name, f"{path}{name}")
            for name, schema in properties.items()
            if name not in excluded
        ]

    def _compile_field(self, schema: Mapping[str, Any], name: str, path: str) -> _Field:
        """Compile a value. With several types, the first is meant where none fits."""
        types = [json_type for json_type in _types_of(schema) if json_type != "null"]
        if not types:
            return name, None, lambda value: _without(self._excluded, value, name)
        fields = {
            PYTHON_TYPES[json_type]: self._compile_type(schema, json_type, name, path)
            for json_type in types
        }
        default = next(iter(fields.values()))
        if len(fields) == 1:
            return default

        def convert_by_type(value: Any) -> Any:
            _, kind, convert = fields.get(type(value), default)
            return value if type(value) is kind else convert(value)

        return name, None, convert_by_type

    def _compile_type(
        self, schema: Mapping[str, Any], json_type: str, name: str, path: str
    ) -> _Field:
        if json_type == "object" and schema.get("properties"):
            return self._compile_object(schema, name, path)
        if json_type == "array" and schema.get("items"):
            return self._compile_array(schema["items"], name, path)
        if json_type in {"object", "array"}:
            return self._compile_free_form(json_type, name, path)
        converter = _ScalarConverter(path, self._reporter, is_required=_requires_value(schema))
        return (name, *converter.choose(json_type, schema.get("format")))

    def _compile_free_form(self, json_type: str, name: str, path: str) -> _Field:
        """Compile an object or a list of which the schema does not say what is in it."""
        kind = PYTHON_TYPES[json_type]

        def convert_free_form(value: Any) -> Any:
            if not isinstance(value, kind):
                raise self._reporter.type_error(path, value, json_type)
            return _without(self._excluded, value, name)

        return name, None if self._excluded else kind, convert_free_form

    def _compile_object(self, schema: Mapping[str, Any], name: str, path: str) -> _Field:
        reporter = self._reporter
        fields = self.compile_fields(schema["properties"], name, f"{path}.")
        known = frozenset(inner for inner, _, _ in fields)
        required = _required_in(schema["properties"], known)
        unknown_fields = _UnknownFields(
            known=known,
            excluded=self._excluded,
            excluded_here=_names_in(self._excluded, name),
            path=f"{path}.",
            is_kept=reporter.policy == "keep" and schema.get("additionalProperties") is not False,
            reporter=reporter,
        )

        def convert_object(value: Any) -> Any:
            if not isinstance(value, dict):
                raise reporter.type_error(path, value, "object")
            if not known.issuperset(value):
                value.update(unknown_fields.take(value))
            for inner, kind, convert in fields:
                item = value.get(inner)
                if item is not None and type(item) is not kind:
                    value[inner] = convert(item)
            for inner in required:
                if value.get(inner) is None:
                    raise reporter.null_error(f"{path}.{inner}")
            return value

        return name, None, convert_object

    def _compile_array(self, schema: Mapping[str, Any], name: str, path: str) -> _Field:
        reporter = self._reporter
        _, kind, convert = self._compile_field(schema, name, path)
        is_required = _requires_value(schema)

        def convert_array(value: Any) -> Any:
            if not isinstance(value, list):
                raise reporter.type_error(path, value, "array")
            items = [
                item if item is None or type(item) is kind else convert(item) for item in value
            ]
            if is_required and None in items:
                raise reporter.null_error(path)
            return items

        return name, None, convert_array


def _types_of(schema: Mapping[str, Any]) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def _requires_value(schema: Mapping[str, Any]) -> bool:
    types = _types_of(schema)
    return bool(types) and "null" not in types


def _required_in(
    properties: Mapping[str, Mapping[str, Any]], names: Collection[str]
) -> tuple[str, ...]:
    """Return the names of those properties that must not be null."""
    return tuple(
        name for name, schema in properties.items() if name in names and _requires_value(schema)
    )


class _ScalarConverter:
    """Converts the values of one field that have not the right type yet."""

    def __init__(self, path: str, reporter: _Reporter, *, is_required: bool) -> None:
        self._path = path
        self._reporter = reporter
        self._is_required = is_required

    def choose(
        self, json_type: str, value_format: str | None
    ) -> tuple[type | None, Callable[[Any], Any]]:
        """Return the type of values that need no conversion, and what converts all others."""
        match json_type, value_format:
            case "string", "date-time":
                return None, self.to_date_time
            case "string", "date":
                return None, self.to_date
            case "string", _:
                return str, self.to_string
            case "integer", _:
                return int, self.to_integer
            case "number", _:
                return int, self.to_number
            case _:
                return bool, self.to_boolean

    def to_string(self, value: Any) -> str | None:
        """Return a time of day as such, and all else as JSON, which is no use as a key."""
        if self._is_infinite(value):
            return None
        if isinstance(value, dict) and value.keys() >= {"hour", "minute"}:
            return self._to_time(value)
        if self._is_required and isinstance(value, dict | list):
            raise self._type_error(value, "string")
        return msgspec.json.encode(value).decode()

    def _to_time(self, value: dict[str, Any]) -> str:
        try:
            time = msgspec.convert(value, _TimeOfDay)
        except msgspec.ValidationError:
            raise self._type_error(value, "time of day") from None
        return f"{time.hour:02}:{time.minute:02}:{time.second or 0:02}"

    def to_integer(self, value: Any) -> int | None:
        """Return the whole number that a text holds or that a number equals."""
        if self._is_infinite(value):
            return None
        is_whole = isinstance(value, float) and value.is_integer()
        if is_whole or (isinstance(value, str) and INTEGER.fullmatch(value)):
            return int(value)
        raise self._type_error(value, "integer")

    def to_number(self, value: Any) -> float | Decimal | None:
        """Return a number, or the one that a text holds."""
        if isinstance(value, str) and NUMBER.fullmatch(value):
            value = float(value)
        if not isinstance(value, float | Decimal):
            raise self._type_error(value, "number")
        return None if self._is_infinite(value) else value

    def to_boolean(self, value: Any) -> bool:
        """Return what 1 and 0, or a text that says so, stand for in databases without booleans."""
        text = str(value).lower() if isinstance(value, int | str) else ""
        if text not in BOOLEANS:
            raise self._type_error(value, "boolean")
        return BOOLEANS[text]

    def to_date(self, value: Any) -> str | None:
        """Return a date in the form YYYY-MM-DD."""
        if isinstance(value, list):
            return self._join_date(value)
        if not isinstance(value, str):
            raise self._type_error(value, "date")
        if not value or value.startswith(EMPTY_DATE):
            return None
        day = value[:10]
        if value[10:11] in {"", "T", " "} and _is_date(day):
            return day
        self._report_invalid("date")
        return None

    def _join_date(self, parts: list[Any]) -> str | None:
        """Return the date of a year, a month and a day, as Java serializers write them."""
        if [type(part) for part in parts] != [int, int, int]:
            raise self._type_error(parts, "date")
        try:
            return date(*parts).isoformat()
        except (ValueError, OverflowError):
            self._report_invalid("date")
            return None

    def to_date_time(self, value: Any) -> str | None:
        """Return a date-time in the form of RFC 3339.

        The name of the zone that Java appends in brackets is removed, and seconds that it leaves
        out because they are zero are put in. Without an offset it is taken for UTC, which is
        reported.
        """
        if not isinstance(value, str):
            raise self._type_error(value, "date-time")
        if not value or value.startswith(EMPTY_DATE):
            return None
        bare = value.partition("[")[0]
        try:
            moment = datetime.fromisoformat(bare)
        except ValueError:
            self._report_invalid("date-time")
            return None
        if RFC_3339.fullmatch(bare):
            return bare
        if moment.tzinfo is None:
            self._reporter.report_local_time(self._path)
            moment = moment.replace(tzinfo=UTC)
        return moment.isoformat()

    def _is_infinite(self, value: Any) -> bool:
        """Return whether a number is none that JSON has, and report it."""
        is_infinite = isinstance(value, float | Decimal) and not isfinite(value)
        if is_infinite:
            self._report_invalid("number")
        return is_infinite

    def _report_invalid(self, wanted: str) -> None:
        self._reporter.report_invalid(self._path, wanted)

    def _type_error(self, value: object, wanted: str) -> InvalidResponseError:
        return self._reporter.type_error(self._path, value, wanted)


@lru_cache(maxsize=4096)
def _is_date(text: str) -> bool:
    """Return whether a text is a date; a cache pays, as few dates are many records' dates."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
