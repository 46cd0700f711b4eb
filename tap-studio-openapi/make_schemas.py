"""Make the schema files of the package from ``endpoints.json``, which stands beside this file.

It is a JSON list of objects with ``method``, ``path`` and ``answer``, the JSON Schema of a success.
What a field is stands in ``descriptions.json``, by its name, or by the names of its parent and its
own where that differs; what a record of a stream is stands in ``streams.json``.
Run it in the repository: ``uv run tap-studio-openapi/make_schemas.py``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tap_studio_openapi.streams import STREAMS
from tap_studio_openapi.streams.checkins import CustomerCheckins
from tap_studio_openapi.streams.contracts import ContractIdlePeriods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_studio_openapi.streams.base import StudioStream

ENDPOINTS = Path(__file__).with_name("endpoints.json")
DESCRIPTIONS = Path(__file__).with_name("descriptions.json")
STREAM_DESCRIPTIONS = Path(__file__).with_name("streams.json")
FOLDER = Path(__file__).parent / "tap_studio_openapi" / "schemas"

KEPT = {"type", "properties", "items", "format"}
FORMATS = {"date", "date-time"}
LOCAL_TIMES = {"dateTimeFrom", "dateTimeTo"}
"""Without an offset they are no date-time to a target."""
ENVELOPE = {"result", "hasNext"}
PARAMETER = re.compile(r"\{[^}]*\}")
MAX_LISTED_VALUES = 15

IDS = {
    "studio_id",
    "customer_id",
    "contract_id",
    "membership_offer_id",
    "bookable_appointment_id",
    "class_id",
    "debt_collection_run_id",
}


def without_parameter_names(path: str) -> str:
    """Return a path template that can be compared with another."""
    return PARAMETER.sub("{}", path)


def fields_of(stream: type[StudioStream], answer: Mapping[str, Any]) -> dict[str, Any]:
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
    if stream.has_studio_name:
        added["studio_name"] = {"type": "string"}
    if "extracted_at" in stream.primary_keys:
        added["extracted_at"] = {"type": "string", "format": "date-time"}
    if stream is ContractIdlePeriods:
        fields = fields["pastIdlePeriods"]["items"]["properties"] | {"list": {"type": "string"}}
    if stream is CustomerCheckins:
        fields = fields | {"utc_offset_minutes": {"type": "integer"}}
    return added | fields


def ids_in(stream: type[StudioStream]) -> list[str]:
    """Return the ids that the tap puts into the records of a stream."""
    parents = [stream.parent_stream_type] if stream.parent_stream_type else []
    while parents and parents[-1].parent_stream_type:
        parents.append(parents[-1].parent_stream_type)
    above = [parent.child_id for parent in reversed(parents)]
    return list(dict.fromkeys(["studio_id", *above, *(set(stream.primary_keys) & IDS)]))


def describe(schema: Mapping[str, Any], name: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return a schema whose fields have descriptions.

    Everything may be null, nothing is limited to the values of today, and formats are only those
    that targets know.

    Args:
        schema: The schema of a record, or of a part of one.
        name: The name of what it describes.
        texts: The descriptions.
    """
    described = {key: value for key, value in schema.items() if key in KEPT}
    described["type"] = [schema["type"], "null"]
    if schema.get("format") not in FORMATS or name in LOCAL_TIMES:
        described.pop("format", None)
    if "items" in schema:
        described["items"] = describe(schema["items"], name, texts)
    if "properties" in schema:
        described["properties"] = {
            field: {
                **describe(inner, field, texts),
                "description": _description(f"{name}.{field}", inner, texts),
            }
            for field, inner in schema["properties"].items()
        }
    return described


def _description(full_name: str, schema: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    text = texts.get(full_name) or texts[full_name.rpartition(".")[2]]
    values = schema.get("items", schema).get("enum", ())
    if 0 < len(values) <= MAX_LISTED_VALUES:
        return f"{text} Documented values: {', '.join(values)}."
    return text


def make_schema(
    stream: type[StudioStream], answer: Mapping[str, Any], texts: Mapping[str, str], record: str
) -> dict[str, Any]:
    """Return the schema of a stream's records.

    Args:
        stream: The stream.
        answer: The schema of the whole answer.
        texts: The descriptions of fields.
        record: The description of a record.
    """
    fields = fields_of(stream, answer)
    schema = describe({"type": "object", "properties": fields}, stream.name, texts)
    properties = schema["properties"]
    for name in {*ids_in(stream), *stream.primary_keys}:
        properties[name]["type"] = fields[name]["type"]
    return {"type": "object", "description": record, "properties": properties}


def make_schemas(endpoints: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the schema of each stream, by name."""
    texts = json.loads(DESCRIPTIONS.read_text(encoding="utf-8"))
    records = json.loads(STREAM_DESCRIPTIONS.read_text(encoding="utf-8"))
    answers = {
        without_parameter_names(entry["path"]): entry["answer"]
        for entry in endpoints
        if entry["method"] == "GET"
    }
    return {
        stream.name: make_schema(
            stream, answers[without_parameter_names(stream.path)], texts, records[stream.name]
        )
        for stream in STREAMS
    }


def main() -> None:
    """Write a file per stream."""
    endpoints = json.loads(ENDPOINTS.read_text(encoding="utf-8"))
    for name, schema in make_schemas(endpoints).items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
