"""Records that are not quite as documented, as the quirks want them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.apparena.data import Row
    from tests.sandbox.apparena.endpoints import Endpoint
    from tests.sandbox.apparena.quirks import Quirks

Distortion = Callable[[dict[str, Any]], object]

UNKNOWN_FIELDS: Row = {"renewalHint": {"days": 14, "tags": ["spring"]}, "score": 1.5}
"""Fields of any record that nobody has documented."""

CLIENT_FIELDS: Mapping[str, Row] = {
    "app": {"startDate": "2017-01-01 00:00:00"},
    "config": {"approved": True, "compiler": "less"},
    "language": {"default": True},
    "channel": {"priority": 1},
}
"""Fields by kind of record that only the vendor's own clients read."""


def distortions(endpoint: Endpoint, quirks: Quirks) -> list[Distortion]:
    """What is to be done to each record of an endpoint."""
    entity, found = endpoint.entity, list[Distortion]()
    if quirks.unknown_fields:
        extra = {**UNKNOWN_FIELDS, **CLIENT_FIELDS.get(entity, {})}
        found.append(lambda record: record.update(extra))
    if quirks.meta != "documented":
        found.append(_meta_as_text if quirks.meta == "text" else _meta_as_list)
    if entity == "config" and quirks.checkboxes != "text":
        convert = bool if quirks.checkboxes == "boolean" else int
        found.append(lambda record: _convert(record, "checkbox", lambda text: convert(int(text))))
    if entity == "config" and quirks.multiselects == "list":
        found.append(lambda record: _convert(record, "multiselect", lambda text: text.split(",")))
    if quirks.ids_as_text:
        found.append(_ids_as_text)
    return found


def _convert(record: Row, kind: str, convert: Callable[[str], object]) -> None:
    """Writes the value of a config of some type in another way."""
    if record.get("type") == kind and isinstance(record.get("value"), str):
        record["value"] = convert(record["value"])


def _meta_as_text(record: Row) -> None:
    if isinstance(record.get("meta"), dict):
        record["meta"] = json.dumps(record["meta"])


def _meta_as_list(record: Row) -> None:
    if "meta" in record and not record["meta"]:
        record["meta"] = []


def _ids_as_text(record: Row) -> None:
    for name, value in record.items():
        if name.endswith("Id") and isinstance(value, int):
            record[name] = str(value)
