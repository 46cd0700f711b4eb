"""Make records fit the JSON Schema of their stream.

A conformer is compiled once per stream. It converts values, deals with fields that the schema
lacks, and leaves out excluded fields, at every depth. Values that already have the right type cost
one comparison each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from singer_tapkit.converters import ScalarConverter
from singer_tapkit.row_reporter import JSON_TYPES, RowReporter
from singer_tapkit.schemas import (
    read_types,
    remove_fields,
    requires_value,
    select_names,
    select_required,
)

if TYPE_CHECKING:
    import logging

    from singer_tapkit.row_reporter import UnknownFieldPolicy

PYTHON_TYPES = {name: python_type for python_type, name in JSON_TYPES.items()}

Conformer = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes a record of a row."""

_Properties = Mapping[str, Mapping[str, Any]]
_Field = tuple[str, type | None, Callable[[Any], Any]]
"""A name, the type of values that need no conversion, and what converts all others but null.

A plain tuple, as unpacking another one for each value takes a third of the time of a record.
"""


UNKNOWN_FIELDS: Final = "unknown_fields"
"""The property that holds the unknown fields of a record under the policy ``keep``."""

UNKNOWN_FIELDS_SCHEMA: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "additionalProperties": True,
    "description": "Fields that the server sends and this tap does not know yet.",
}


def compile_conformer(
    schema: Mapping[str, Any],
    *,
    stream_name: str,
    excluded: frozenset[str] = frozenset(),
    unknown_fields: UnknownFieldPolicy = "warn",
    reports_local_times: bool = True,
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
        reports_local_times: Whether date-times without an offset, which are taken for UTC, are
            reported.
        logger: Where unknown fields and invalid values are reported.

    Returns:
        What makes a record of a row, whose inner objects may be changed in place. A record has the
        properties of the schema in its order; those that the row lacks are null. Inner objects have
        the fields that were sent, in the order in which they were sent. It raises an
        `InvalidResponseError` if a value cannot be converted, or is null where the schema does not
        allow it, and an `UnknownFieldsError` if there are unknown fields and the policy is
        ``fail``. Threads may share it.
    """
    reporter = RowReporter(
        stream_name, unknown_fields, logger, reports_local_times=reports_local_times
    )
    return _Compiler(excluded, reporter).compile_record(schema.get("properties", {}), stream_name)


@dataclass(frozen=True)
class _UnknownFields:
    """Takes the unknown fields and those `excluded_here` out of one kind of object.

    What stands in `path` goes before a name in reports.
    """

    known: frozenset[str]
    excluded: frozenset[str]
    excluded_here: frozenset[str]
    path: str
    is_kept: bool
    reporter: RowReporter

    def take(self, value: dict[str, Any]) -> dict[str, Any]:
        """Remove unknown and excluded fields from an object, and return those that are kept."""
        for name in self.excluded_here.intersection(value):
            del value[name]
        if self.known.issuperset(value):
            return {}
        names = sorted(value.keys() - self.known)
        self.reporter.report_unknown([self.path + name for name in names], is_kept=self.is_kept)
        unknown = {name: value.pop(name) for name in names}
        if not self.is_kept:
            return {}
        return {name: remove_fields(self.excluded, inner, name) for name, inner in unknown.items()}


class _Compiler:
    """Compiles the parts of a schema."""

    def __init__(self, excluded: frozenset[str], reporter: RowReporter) -> None:
        self._excluded = excluded
        self._reporter = reporter
        self._keeps_unknown = reporter.policy == "keep"

    def compile_record(self, properties: _Properties, stream_name: str) -> Conformer:
        reporter, keeps_unknown = self._reporter, self._keeps_unknown
        if keeps_unknown:
            properties = {name: properties[name] for name in properties if name != UNKNOWN_FIELDS}
        fields, required = self._compile_properties(properties, stream_name, "")
        unknown_fields = self._compile_unknown(fields, stream_name, "", is_kept=keeps_unknown)
        nulls = dict.fromkeys(name for name, _, _ in fields)

        def conform(row: dict[str, Any]) -> dict[str, Any]:
            record = {**nulls, **row}
            unknown = None
            if len(record) > len(nulls):
                unknown = unknown_fields.take(record)
            for name, kind, convert in fields:
                value = record[name]
                if type(value) is not kind and value is not None:
                    record[name] = convert(value)
            for name in required:
                if record[name] is None:
                    raise reporter.null_error(name)
            if keeps_unknown:
                record[UNKNOWN_FIELDS] = unknown or None
            return record

        return conform

    def _compile_properties(
        self, properties: _Properties, parent: str, path: str
    ) -> tuple[list[_Field], tuple[str, ...]]:
        """Compile the properties of an object that are not excluded; name those required."""
        excluded = select_names(self._excluded, parent)
        fields = [
            self._compile_field(schema, name, f"{path}{name}")
            for name, schema in properties.items()
            if name not in excluded
        ]
        return fields, select_required(properties, properties.keys() - excluded)

    def _compile_unknown(
        self, fields: list[_Field], parent: str, path: str, *, is_kept: bool
    ) -> _UnknownFields:
        return _UnknownFields(
            known=frozenset(name for name, _, _ in fields),
            excluded=self._excluded,
            excluded_here=select_names(self._excluded, parent),
            path=path,
            is_kept=is_kept,
            reporter=self._reporter,
        )

    def _compile_field(self, schema: Mapping[str, Any], name: str, path: str) -> _Field:
        """Compile a value. With several types, the first is meant where none fits."""
        types = [json_type for json_type in read_types(schema) if json_type != "null"]
        if not types:
            return name, None, lambda value: remove_fields(self._excluded, value, name)
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
        converter = ScalarConverter(path, self._reporter, is_required=requires_value(schema))
        return (name, *converter.choose(json_type, schema.get("format")))

    def _compile_free_form(self, json_type: str, name: str, path: str) -> _Field:
        """Compile an object or a list whose content the schema does not describe."""
        kind = PYTHON_TYPES[json_type]

        def convert_free_form(value: Any) -> Any:
            if not isinstance(value, kind):
                raise self._reporter.type_error(path, value, json_type)
            return remove_fields(self._excluded, value, name)

        return name, None if self._excluded else kind, convert_free_form

    def _compile_object(self, schema: Mapping[str, Any], name: str, path: str) -> _Field:
        reporter = self._reporter
        fields, required = self._compile_properties(schema["properties"], name, f"{path}.")
        is_kept = self._keeps_unknown and schema.get("additionalProperties") is not False
        unknown_fields = self._compile_unknown(fields, name, f"{path}.", is_kept=is_kept)
        known = unknown_fields.known

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
        is_required = requires_value(schema)

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
