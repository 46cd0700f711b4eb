"""The schemas of the streams: those in the package, and what a newer API document adds to them."""

from __future__ import annotations

import importlib.resources
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import requests
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.schema.source import OpenAPISchema, OpenAPISchemaNormalizer, SchemaDirectory
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SHIPPED = SchemaDirectory(importlib.resources.files("tap_studio_openapi") / "schemas")
KEPT = {"type", "properties", "items", "format", "anyOf", "oneOf"}
FORMATS = {"date", "date-time"}
LOCAL = {"dateTimeFrom", "dateTimeTo"}
ENVELOPE = {"result", "hasNext"}
PARAMETER = re.compile(r"\{[^}]*\}")


def shipped(name: str) -> dict[str, Any]:
    """Give the schema of a stream as it stands in the package, for the caller to change."""
    return deepcopy(SHIPPED.get_schema(name))


def schema_of_records(body: Mapping[str, Any]) -> dict[str, Any]:
    """Make the schema of records from that of an answer.

    Everything may be null, nothing is limited to the values of today, and formats are only those
    that targets know.

    Args:
        body: The schema of the whole answer, without references: an envelope with ``result``, an
            array, or the record itself.

    Returns:
        The schema of one record.
    """
    normalised = OpenAPISchemaNormalizer().normalize_schema(dict(body))
    if normalised.get("properties", {}).keys() >= ENVELOPE:
        normalised = normalised["properties"]["result"]
    return _tidy(normalised.get("items", normalised))


def like(path: str) -> str:
    """Give a path template without the names of its parameters, to compare it with another."""
    return PARAMETER.sub("{}", path)


def refine(schema: dict[str, Any], newer: Mapping[str, Any]) -> None:
    """Add the fields that a newer schema has, at any depth, in place; those known stay."""
    for name, inner in newer.get("properties", {}).items():
        if "properties" in schema:
            known = schema["properties"].setdefault(name, inner)
            refine(known, inner)
    if "items" in schema and "items" in newer:
        refine(schema["items"], newer["items"])


class ApiDocument(OpenAPISchema[str]):
    """The vendor's OpenAPI document, by the paths in it."""

    @override
    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._preprocessor = None

    @property
    def paths(self) -> Collection[str]:
        """The paths that can be read.

        Raises:
            ConfigValidationError: There is no such document.
        """
        try:
            found = self.spec["paths"]
            return [path for path in found if "get" in found[path]]
        except (OSError, requests.RequestException, ValueError, LookupError, TypeError) as error:
            message = (
                f"'openapi_spec' must be a file or an address with an OpenAPI document, as JSON "
                f"or YAML ({type(error).__name__}: {error})."
            )
            raise ConfigValidationError(message, errors=[message]) from None

    @override
    def get_unresolved_schema(self, key: str) -> dict[str, Any]:
        answers = self.spec["paths"][key]["get"]["responses"]
        content: dict[str, Any] = next(iter(answers["200"]["content"].values()))
        return dict(content["schema"])

    def refine(self, schema: dict[str, Any], path: str) -> None:
        """Add what the document knows about the records of a path, in place."""
        for key in self.paths:
            if like(key) == like(path):
                refine(schema, schema_of_records(self.get_schema(key)))


def _tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """Keep of a schema what tells types, and allow null in it."""
    tidied = {name: value for name, value in schema.items() if name in KEPT}
    if "type" in tidied:
        kinds = [tidied["type"]] if isinstance(tidied["type"], str) else list(tidied["type"])
        tidied["type"] = [*(kind for kind in kinds if kind != "null"), "null"]
    if tidied.get("format") not in FORMATS:
        tidied.pop("format", None)
    if "items" in tidied:
        tidied["items"] = _tidy(tidied["items"])
    if "properties" in tidied:
        tidied["properties"] = {
            name: _without_offset(_tidy(inner)) if name in LOCAL else _tidy(inner)
            for name, inner in tidied["properties"].items()
        }
    return tidied


def _without_offset(schema: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of a studio's local time, which is no date-time to a target."""
    return {name: value for name, value in schema.items() if name != "format"}
