"""The bodies of answers, in all documented shapes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import sources
from tests.sandbox.apparena.data import ROWS
from tests.sandbox.apparena.options import (
    apply_filters,
    arrange,
    build_links,
    cut_page,
    is_paged,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.apparena.call import Call
    from tests.sandbox.apparena.data import Row

UNKNOWN_FIELDS: Row = {"renewalHint": {"days": 14, "tags": ["spring"]}, "score": 1.5}
"""Fields of any record that nobody has documented."""
CLIENT_FIELDS: Mapping[str, Row] = {
    "app": {"startDate": "2017-01-01 00:00:00"},
    "config": {"approved": True, "compiler": "less"},
    "language": {"default": True},
    "channel": {"priority": 1},
}
"""Fields by kind of record that only the vendor's own clients read."""
AUDIT = ROWS["revised"].keys() | ROWS["audited"].keys()
"""The fields that say when and by whom a row was changed."""
INTERNAL = {"version": {"versionId"}, "language": {"activated"}}
"""Fields by kind of record that only relations show."""


def build_body(call: Call) -> Any:
    """Return what a request is answered with.

    Raises:
        Refusal: There is no such version.
    """
    if call.endpoint.container == "language_maps":
        maps = sources.list_languages(call)
        return {name: _wrap(rows, call, as_map=True) for name, rows in maps.items()}
    if call.quirks.before_page is not None and is_paged(call):
        call.quirks.before_page(call.path, int(call.options.get("page", 1)))
    rows = apply_filters(sources.list_rows(call), call.options)
    page = cut_page(arrange(rows, call), call)
    data = _wrap(page.rows, call, as_map=call.endpoint.container == "map")
    if call.endpoint.container == "bare_array":
        return data
    has_counters = call.quirks.counts and call.endpoint.counters != "never"
    counters = page.counters if has_counters else {}
    return {"_links": build_links(page, call), "_embedded": {"data": data}, **counters}


def _wrap(rows: list[Row], call: Call, *, as_map: bool) -> Any:
    """Return records as a map or as a list."""
    hidden = _find_hidden(call)
    records = [_show(row, call, hidden) for row in rows]
    if not as_map or (not rows and call.quirks.empty_as_list):
        return records
    keys = (str(row[call.endpoint.key_field]) for row in rows)
    return dict(zip(keys, records, strict=True))


def _find_hidden(call: Call) -> set[str]:
    """Return the fields that are not shown; only channels of companies come with their history."""
    entity = call.endpoint.entity
    if call.endpoint.container == "bare_array":
        return {"deletedAt"}
    hidden = set() if call.quirks.audit else set(AUDIT)
    return hidden | INTERNAL.get(entity, set()) | ({"meta"} if entity == "channel" else set())


def _show(row: Row, call: Call, hidden: set[str]) -> Row:
    """Return a row as it is shown."""
    entity, data = call.endpoint.entity, call.data
    fields = row
    if call.endpoint.path == "/companies/{companyId}/templates":
        fields = sources.show_version_id(data, row)
    shown = {name: value for name, value in fields.items() if name not in hidden}
    for name in filter(None, call.options.get("rel", "").split(",")):
        shown[name] = sources.RELATIONS[name](data, row)
    if call.quirks.unknown_fields:
        shown |= UNKNOWN_FIELDS | CLIENT_FIELDS.get(entity, {})
    if call.quirks.loose_types:
        shown = {name: _loosen(name, value, row) for name, value in shown.items()}
    if call.quirks.empty_as_list and not shown.get("meta", True):
        shown["meta"] = []
    if call.endpoint.container != "bare_array" and entity != "language":
        link = f"{call.links_base}{call.path}/{row[call.endpoint.key_field]}"
        shown["_links"] = {entity: {"href": link}}
    return shown


def _loosen(name: str, value: Any, row: Row) -> Any:
    """Return a value in another form of those that PHP could choose."""
    if name.endswith("Id") and isinstance(value, int):
        return str(value)
    if name == "meta" and value is not None:
        return json.dumps(value)
    if name == "value" and row.get("type") == "checkbox":
        return bool(int(value))
    if name == "value" and row.get("type") == "multiselect":
        return value.split(",")
    return value
