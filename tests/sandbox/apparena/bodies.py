"""Records and bodies of answers, in all documented shapes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import relations, sources
from tests.sandbox.apparena.options import (
    apply_filters,
    arrange,
    build_page_links,
    cut_page,
    is_paged,
)

if TYPE_CHECKING:
    from tests.sandbox.apparena.data import Row
    from tests.sandbox.apparena.endpoints import Endpoint
    from tests.sandbox.apparena.instance import Call, Quirks

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


def find_distortions(endpoint: Endpoint, quirks: Quirks) -> list[Distortion]:
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
    """Write the value of a config of some type in another way."""
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


AUDIT = frozenset(
    {
        "created",
        "updated",
        "deletedAt",
        "createdFromIp",
        "updatedFromIp",
        "createdBy",
        "updatedBy",
    }
)
"""The fields that say when and by whom a row was changed."""

_INTERNAL = {"version": frozenset({"versionId"}), "language": frozenset({"activated"})}
"""Fields by kind of record that only relations show."""


class Presenter:
    """A builder of records, all for the same request."""

    def __init__(self, call: Call) -> None:
        """Prepare what is the same for all records."""
        endpoint, options = call.endpoint, call.options
        self._data, self._entity, self._key_field = call.data, endpoint.entity, endpoint.key_field
        self._hidden = _find_hidden(call)
        self._relations = options.relations
        self._distort = find_distortions(endpoint, call.quirks)
        self._base = f"{call.links_base.rstrip('/')}{call.path}/"
        # Channels of companies come without envelope and without links.
        bare = endpoint.container == "bare_array"
        self._has_links = not bare and endpoint.entity != "language"
        self._by_version_id = endpoint.path == "/companies/{companyId}/templates"

    def record(self, row: Row) -> dict[str, Any]:
        """One row as it is shown."""
        fields = row
        if self._by_version_id:
            fields = relations.show_version_id(self._data, row)
        hidden = self._hidden
        shown = {name: value for name, value in fields.items() if name not in hidden}
        for name in self._relations:
            shown[name] = relations.read_relation(self._data, self._entity, row, name)
        for distort in self._distort:
            distort(shown)
        if self._has_links:
            shown["_links"] = {self._entity: {"href": f"{self._base}{row[self._key_field]}"}}
        return shown


def _find_hidden(call: Call) -> frozenset[str]:
    """The fields that are not shown."""
    endpoint, quirks = call.endpoint, call.quirks
    if endpoint.container == "bare_array":
        hidden = AUDIT & {"deletedAt"}
    else:
        hidden = frozenset() if quirks.audit else AUDIT
        hidden |= frozenset({"meta"} if endpoint.entity == "channel" else ())
    return hidden | _INTERNAL.get(endpoint.entity, frozenset())


def build_body(call: Call) -> Any:
    """What a request is answered with.

    Raises:
        Refusal: If there is no such thing, or the query makes no sense.
    """
    if call.endpoint.container == "language_maps":
        return _build_languages(call)
    return _build_collection(call)


def _build_collection(call: Call) -> Any:
    quirks = call.quirks
    if quirks.before_page is not None and is_paged(call):
        quirks.before_page(call.path, call.options.page or 1)
    rows = sources.COLLECTIONS[call.endpoint.path](call)
    rows = apply_filters(rows, call.options.filters, call.endpoint.record)
    page = cut_page(arrange(rows, call), call)
    data = _wrap(page.rows, call)
    if call.endpoint.container == "bare_array" and isinstance(data, list):
        return data
    counters = page.counters(call) if call.endpoint.counts else {}
    return {"_links": build_page_links(page, call), "_embedded": {"data": data}, **counters}


def _build_languages(call: Call) -> Any:
    maps = sources.LANGUAGES[call.endpoint.path](call)
    if call.quirks.activated_absent:
        maps = {"available": maps["available"]}
    return {name: _build_map(rows, call) for name, rows in maps.items()}


def _wrap(rows: list[Row], call: Call) -> Any:
    """Records as a map or as a list."""
    as_map = call.endpoint.container == "map"
    if call.quirks.lists != "documented":
        as_map = call.quirks.lists == "map"
    if as_map:
        return _build_map(rows, call)
    present = Presenter(call).record
    return [present(row) for row in rows]


def _build_map(rows: list[Row], call: Call) -> Any:
    if not rows and call.quirks.empty_as_list:
        return []
    present, key_field = Presenter(call).record, call.endpoint.key_field
    return {str(row[key_field]): present(row) for row in rows}
