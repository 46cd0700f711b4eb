"""Make the schema files of the package from ``endpoints.json``, which stands beside this file.

It is a JSON list of objects with ``method``, ``path`` and ``answer``, the JSON Schema of a success.
What a field is stands in ``descriptions.json``, by its name, or by the names of its parent and its
own where that differs; what a record of a stream is stands in the package's ``streams.json``.
Run it in the repository: ``uv run tap-studio-openapi/make_schemas.py``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tap_studio_openapi.declarations import DECLARATIONS
from tap_studio_openapi.streams import STREAM_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent
SCHEMAS = FOLDER / "tap_studio_openapi" / "schemas"
TEXTS = json.loads((FOLDER / "descriptions.json").read_text(encoding="utf-8"))
ENDPOINTS = json.loads((FOLDER / "endpoints.json").read_text(encoding="utf-8"))

KEPT = {"type", "properties", "items", "format"}
FORMATS = {"date", "date-time"}
LOCAL_TIMES = {"dateTimeFrom", "dateTimeTo"}
"""Without an offset they are no date-time to a target."""
ENVELOPE = {"result", "hasNext"}
PARAMETER = re.compile(r"\{[^}]*\}")
MAX_LISTED_VALUES = 15


def template_of(path: str) -> str:
    """Return a path template that can be compared with another."""
    return PARAMETER.sub("{}", path.partition("?")[0])


def ids_in(stream: str) -> list[str]:
    """Return the ids that the tap puts into the records of a stream."""
    declaration = DECLARATIONS[stream]
    ids = [key for key in declaration.keys if key.endswith("_id")]
    parent = STREAM_TYPES[declaration.type].parent_stream_type
    while parent:
        ids.insert(0, parent.child_id)
        parent = parent.parent_stream_type
    return list(dict.fromkeys(["studio_id", *ids]))


def fields_of(stream: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a stream's records, with those that the tap adds.

    Args:
        stream: The stream.
        answer: The schema of the whole answer: an envelope with ``result``, an array, or the record
            itself.
    """
    if answer.get("properties", {}).keys() >= ENVELOPE:
        answer = answer["properties"]["result"]
    fields = answer.get("items", answer)["properties"]
    added: dict[str, Any] = {name: {"type": "integer"} for name in ids_in(stream)}
    if DECLARATIONS[stream].has_studio_name:
        added["studio_name"] = {"type": "string"}
    match stream:
        case "studio_utilization":
            added["extracted_at"] = {"type": "string", "format": "date-time"}
        case "contract_idle_periods":
            fields = fields["pastIdlePeriods"]["items"]["properties"] | {"list": {"type": "string"}}
        case "customer_checkins":
            fields = fields | {"utc_offset_minutes": {"type": "integer"}}
    return added | fields


def describe(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a schema whose fields have descriptions.

    Everything may be null, nothing is limited to the values of today, and formats are only those
    that targets know.

    Args:
        schema: The schema of a record, or of a part of one.
        name: The name of what it describes.
    """
    described = {key: value for key, value in schema.items() if key in KEPT}
    described["type"] = [schema["type"], "null"]
    if schema.get("format") not in FORMATS or name in LOCAL_TIMES:
        described.pop("format", None)
    if "items" in schema:
        described["items"] = describe(schema["items"], name)
    if "properties" in schema:
        described["properties"] = {
            field: {
                **describe(inner, field),
                "description": _description(f"{name}.{field}", inner),
            }
            for field, inner in schema["properties"].items()
        }
    return described


def _description(full_name: str, schema: Mapping[str, Any]) -> str:
    text = TEXTS.get(full_name) or TEXTS[full_name.rpartition(".")[2]]
    values = schema.get("items", schema).get("enum", ())
    if 0 < len(values) <= MAX_LISTED_VALUES:
        return f"{text} Documented values: {', '.join(values)}."
    return text


def make_schema(stream: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a stream's records, of that of the whole answer."""
    declaration = DECLARATIONS[stream]
    fields = fields_of(stream, answer)
    properties = describe({"type": "object", "properties": fields}, stream)["properties"]
    for name in {*ids_in(stream), *declaration.keys}:
        properties[name]["type"] = fields[name]["type"]
    return {"type": "object", "description": declaration.record, "properties": properties}


def make_schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each stream, by name."""
    answers = {
        template_of(entry["path"]): entry["answer"]
        for entry in ENDPOINTS
        if entry["method"] == "GET"
    }
    return {
        stream: make_schema(stream, answers[template_of(declaration.path)])
        for stream, declaration in DECLARATIONS.items()
    }


def main() -> None:
    """Write a file per stream."""
    for name, schema in make_schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (SCHEMAS / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
