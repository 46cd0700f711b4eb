"""Make the schema files of the package from ``endpoints.json``, which stands beside this file.

It is a JSON list of objects with ``method``, ``path`` and ``answer``, the JSON Schema of a success.
Run it in the repository: ``uv run tap-studio-openapi/make_schemas.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tap_studio_openapi.schemas import like, schema_of_records
from tap_studio_openapi.streams import STREAMS
from tap_studio_openapi.streams.contracts import LISTS, ContractIdlePeriods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_studio_openapi.streams.base import StudioStream

ENDPOINTS = Path(__file__).with_name("endpoints.json")
FOLDER = Path(__file__).parent / "tap_studio_openapi" / "schemas"
IDS = {
    "studio_id": "The id of the studio that the key opens.",
    "customer_id": "The id in customers.",
    "contract_id": "The id in customer_contracts.",
    "membership_offer_id": "The id in membership_offers.",
    "bookable_appointment_id": "The id in bookable_appointments.",
    "class_id": "The id of the class.",
    "debt_collection_run_id": "The id of the run, from the settings.",
}
MOMENT = {
    "extracted_at": {
        "type": "string",
        "format": "date-time",
        "description": "When the tap has asked.",
    }
}
LIST = {
    "list": {
        "type": ["string", "null"],
        "description": f"Which list it stands in: {' or '.join(LISTS)}.",
    }
}


def ids_in(stream: type[StudioStream]) -> list[str]:
    """Name the ids that the tap puts into the records of a stream."""
    parents = [stream.parent_stream_type] if stream.parent_stream_type else []
    while parents and parents[-1].parent_stream_type:
        parents.append(parents[-1].parent_stream_type)
    above = [parent.child_id[0] for parent in reversed(parents) if parent.child_id]
    return list(dict.fromkeys(["studio_id", *above, *(set(stream.primary_keys) & IDS.keys())]))


def schema_of(stream: type[StudioStream], endpoints: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Make the schema of a stream's records."""
    endpoint = next(
        entry
        for entry in endpoints
        if entry["method"] == "GET" and like(entry["path"]) == like(stream.path)
    )
    schema = schema_of_records(endpoint["answer"])
    if stream is ContractIdlePeriods:
        schema = schema["properties"][LISTS["past"]]["items"]
        schema["properties"].update(LIST)
    ids = {name: {"type": "integer", "description": IDS[name]} for name in ids_in(stream)}
    moment = MOMENT if "extracted_at" in stream.primary_keys else {}
    properties = {**ids, **moment, **schema["properties"]}
    for key in stream.primary_keys:
        kinds = properties[key]["type"]
        properties[key]["type"] = kinds if isinstance(kinds, str) else kinds[0]
    return {"type": "object", "properties": properties}


def main(source: Path, folder: Path) -> None:
    """Write a file per stream.

    Args:
        source: The description of the endpoints.
        folder: Where the files go.
    """
    endpoints = json.loads(source.read_text(encoding="utf-8"))
    for stream in STREAMS:
        text = json.dumps(schema_of(stream, endpoints), indent=2)
        (folder / f"{stream.name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(ENDPOINTS, FOLDER)
