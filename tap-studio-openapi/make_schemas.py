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

from singer_sdk.schema.source import OpenAPISchemaNormalizer

from tap_studio_openapi.streams import STREAMS
from tap_studio_openapi.streams.checkins import CustomerCheckins
from tap_studio_openapi.streams.contracts import ContractIdlePeriods
from tap_studio_openapi.streams.offers import OnlineOffers
from tap_studio_openapi.streams.studio import StudioTags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
TEXT = {"type": ["string", "null"]}
MOMENT = {"extracted_at": {"type": "string", "format": "date-time"}}
STUDIO_NAME = {"studio_name": TEXT}
UTC_OFFSET = {"utc_offset_minutes": {"type": ["integer", "null"]}}


def without_parameter_names(path: str) -> str:
    """Return a path template that can be compared with another."""
    return PARAMETER.sub("{}", path)


def schema_of_records(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of records, made from that of an answer.

    Everything may be null, nothing is limited to the values of today, and formats are only those
    that targets know.

    Args:
        body: The schema of the whole answer: an envelope with ``result``, an array, or the record
            itself.
    """
    normalised = OpenAPISchemaNormalizer().normalize_schema(dict(body))
    if normalised.get("properties", {}).keys() >= ENVELOPE:
        normalised = normalised["properties"]["result"]
    return _tidy(normalised.get("items", normalised))


def _tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """Keep of a schema what says which types there are, and allow null in it."""
    tidied = {name: value for name, value in schema.items() if name in KEPT}
    if "type" in tidied:
        types = [tidied["type"]] if isinstance(tidied["type"], str) else list(tidied["type"])
        tidied["type"] = [*(name for name in types if name != "null"), "null"]
    if tidied.get("format") not in FORMATS:
        tidied.pop("format", None)
    if "items" in tidied:
        tidied["items"] = _tidy(tidied["items"])
    if "properties" in tidied:
        tidied["properties"] = {name: _tidy(inner) for name, inner in tidied["properties"].items()}
        for name in LOCAL_TIMES & tidied["properties"].keys():
            tidied["properties"][name].pop("format", None)
    return tidied


def ids_in(stream: type[StudioStream]) -> list[str]:
    """Return the ids that the tap puts into the records of a stream."""
    parents = [stream.parent_stream_type] if stream.parent_stream_type else []
    while parents and parents[-1].parent_stream_type:
        parents.append(parents[-1].parent_stream_type)
    above = [parent.child_id[0] for parent in reversed(parents) if parent.child_id]
    return list(dict.fromkeys(["studio_id", *above, *(set(stream.primary_keys) & IDS)]))


def schema_of(stream: type[StudioStream], endpoints: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the schema of a stream's records."""
    answer = next(
        entry["answer"]
        for entry in endpoints
        if entry["method"] == "GET"
        and without_parameter_names(entry["path"]) == without_parameter_names(stream.path)
    )
    schema = schema_of_records(answer)
    if stream is ContractIdlePeriods:
        schema = schema["properties"]["pastIdlePeriods"]["items"]
        schema["properties"]["list"] = TEXT
    ids = {name: {"type": "integer"} for name in ids_in(stream)}
    moment = MOMENT if "extracted_at" in stream.primary_keys else {}
    studio_name = STUDIO_NAME if stream in {StudioTags, OnlineOffers} else {}
    utc_offset = UTC_OFFSET if stream is CustomerCheckins else {}
    properties = {**ids, **studio_name, **moment, **schema["properties"], **utc_offset}
    for key in stream.primary_keys:
        types = properties[key]["type"]
        properties[key]["type"] = types if isinstance(types, str) else types[0]
    return {"type": "object", "properties": properties}


def describe(
    schema: dict[str, Any], parent: str, texts: Mapping[str, str], values: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Return a schema whose fields have descriptions.

    Args:
        schema: The schema of a record, or of a part of one.
        parent: The name of what it describes.
        texts: The descriptions.
        values: The documented values of fields, by their parents' names and their own.
    """
    described = dict(schema)
    if "items" in schema:
        described["items"] = describe(schema["items"], parent, texts, values)
    if "properties" in schema:
        described["properties"] = {
            name: {
                **describe(inner, name, texts, values),
                "description": _description(name, parent, texts, values),
            }
            for name, inner in schema["properties"].items()
        }
    return described


def _description(
    name: str, parent: str, texts: Mapping[str, str], values: Mapping[str, list[str]]
) -> str:
    full_name = f"{parent}.{name}"
    text = texts.get(full_name) or texts[name]
    listed = values.get(full_name, [])
    if 0 < len(listed) <= MAX_LISTED_VALUES:
        return f"{text} Documented values: {', '.join(listed)}."
    return text


def values_in(schema: Mapping[str, Any], parent: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of the fields with documented values, and these values."""
    if "items" in schema:
        yield from values_in(schema["items"], parent)
    for name, inner in schema.get("properties", {}).items():
        found = inner.get("enum") or inner.get("items", {}).get("enum")
        if found:
            yield f"{parent}.{name}", [value for value in found if value is not None]
        yield from values_in(inner, parent if name in {"result", *IDLE_PERIOD_LISTS} else name)


IDLE_PERIOD_LISTS = {"pastIdlePeriods", "currentAndUpcomingIdlePeriods"}


def make_schemas(endpoints: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the schema of each stream, by name."""
    texts = json.loads(DESCRIPTIONS.read_text(encoding="utf-8"))
    records = json.loads(STREAM_DESCRIPTIONS.read_text(encoding="utf-8"))
    schemas = {}
    for stream in STREAMS:
        path = without_parameter_names(stream.path)
        values = {
            name: listed
            for entry in endpoints
            if without_parameter_names(entry["path"]) == path
            for name, listed in values_in(entry["answer"], stream.name)
        }
        described = describe(schema_of(stream, endpoints), stream.name, texts, values)
        schemas[stream.name] = {
            "type": described.pop("type"),
            "description": records[stream.name],
            **described,
        }
    return schemas


def main(source: Path, folder: Path) -> None:
    """Write a file per stream.

    Args:
        source: The description of the endpoints.
        folder: Where the files go.
    """
    for name, schema in make_schemas(json.loads(source.read_text(encoding="utf-8"))).items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (folder / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(ENDPOINTS, FOLDER)
