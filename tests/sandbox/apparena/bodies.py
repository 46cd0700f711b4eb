"""The bodies of answers, in all documented shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import filters, ordering, paging, sources
from tests.sandbox.apparena.presentation import Presenter
from tests.sandbox.apparena.refusal import not_found

if TYPE_CHECKING:
    from tests.sandbox.apparena.data import Row
    from tests.sandbox.apparena.instance import Call


def body(call: Call) -> Any:
    """What a request is answered with.

    Raises:
        Refusal: If there is no such thing, or the query makes no sense.
    """
    if call.endpoint.container == "language_maps":
        return _languages(call)
    return _collection(call) if call.endpoint.is_collection else _entity(call)


def _collection(call: Call) -> Any:
    quirks = call.quirks
    if quirks.before_page is not None and paging.wants_page(call):
        quirks.before_page(call.path, call.options.page or 1)
    rows = sources.COLLECTIONS[call.endpoint.path](call)
    strict = quirks.unknown_filters == "refused"
    rows = filters.apply(rows, call.options.filters, call.endpoint.record, strict=strict)
    page = paging.page_of(ordering.arrange(rows, call), call)
    data = _wrapped(page.rows, call)
    if call.endpoint.container == "bare_array" and isinstance(data, list):
        return data
    counters = page.counters(call) if call.endpoint.counts else {}
    return {"_links": paging.links(page, call), "_embedded": {"data": data}, **counters}


def _entity(call: Call) -> Any:
    row = sources.ENTITIES[call.endpoint.path](call)
    if row["deletedAt"] is not None and not call.quirks.deleted_rows:
        raise not_found(call.path)
    record = Presenter(call).record(row)
    keyed = call.endpoint.container == "single_entry_map"
    if call.quirks.entities != "documented":
        keyed = call.quirks.entities == "keyed"
    return {"_embedded": {"data": {str(row[call.endpoint.key_field]): record} if keyed else record}}


def _languages(call: Call) -> Any:
    maps = sources.LANGUAGES[call.endpoint.path](call)
    if call.quirks.activated_absent:
        maps = {"available": maps["available"]}
    return {name: _map(rows, call) for name, rows in maps.items()}


def _wrapped(rows: list[Row], call: Call) -> Any:
    """Records as a map or as a list."""
    as_map = call.endpoint.container == "map"
    if call.quirks.lists != "documented":
        as_map = call.quirks.lists == "map"
    if as_map:
        return _map(rows, call)
    present = Presenter(call).record
    return [present(row) for row in rows]


def _map(rows: list[Row], call: Call) -> Any:
    if not rows and call.quirks.empty_as_list:
        return []
    present, key_field = Presenter(call).record, call.endpoint.key_field
    return {str(row[key_field]): present(row) for row in rows}
