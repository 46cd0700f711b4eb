"""What the query of a request asks for: filters, order and pages."""

from __future__ import annotations

import math
import operator
import zlib
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.apparena.call import Call
    from tests.sandbox.apparena.data import Row

DEFAULT_PAGE_SIZE = 20
DATES = frozenset({"created", "updated", "deletedAt", "expiryDate"})
"""The fields that hold a day and a time of day."""
DESCENDING = {"orderasc": "orderdesc", "orderBy": "orderBy[DESC]", "none": ""}
"""The option for descending order, by the style that the server obeys."""
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "match": operator.contains,
    "not": lambda text, part: part not in text,
}


def apply_filters(rows: list[Row], options: Mapping[str, str]) -> list[Row]:
    """Return the rows that all filters let pass; null passes none, as in SQL."""
    for name, wanted in options.items():
        if name.startswith("filter."):
            field, _, compare = name.removeprefix("filter.").rstrip("]").partition("[")
            rows = [
                row
                for row in rows
                if row.get(field) is not None
                and OPERATORS[compare](*_to_comparable(field, row[field], wanted))
            ]
    return rows


def _to_comparable(field: str, value: Any, wanted: str) -> tuple[Any, Any]:
    """Return a value and what it is compared with: texts in any case, dates by their days."""
    if isinstance(value, bool):
        return value, wanted.lower() in {"true", "1"}
    if isinstance(value, int):
        return value, int(wanted)
    if field in DATES:
        return value[:10], wanted
    return value.casefold(), wanted.casefold()


def arrange(rows: list[Row], call: Call) -> list[Row]:
    """Sort rows as asked for, or else by what identifies them."""
    key_field, seed = call.endpoint.key_field, call.quirks.shuffle
    if call.options.get(DESCENDING[call.quirks.order_style]) == key_field:
        return sorted(rows, key=itemgetter(key_field), reverse=True)
    if seed is None:
        return sorted(rows, key=itemgetter(key_field))
    # The seed comes last, as the checksum keeps the differences of texts with a common end.
    return sorted(rows, key=lambda row: zlib.crc32(f"{row[key_field]}:{seed}".encode()))


@dataclass(frozen=True)
class Page:
    """Some rows of a collection, and where they stand in it."""

    rows: list[Row]
    number: int
    size: int
    total: int

    @property
    def counters(self) -> dict[str, int]:
        """What it says of itself and the whole list."""
        return {
            "total_items": self.total,
            "page_size": self.size,
            "page_count": math.ceil(self.total / self.size),
            "page_number": self.number,
        }


def cut_page(rows: list[Row], call: Call) -> Page:
    """Return the page that was asked for; one behind the last is empty."""
    number = int(call.options.get("page", 1))
    size = int(call.options.get("items", DEFAULT_PAGE_SIZE))
    size = min(size, call.quirks.largest_page or size)
    if is_paged(call):
        return Page(rows[(number - 1) * size : number * size], number, size, len(rows))
    return Page(rows, 1, max(size, len(rows)), len(rows))


def is_paged(call: Call) -> bool:
    """Return whether the answer is a page and not the whole collection."""
    return call.endpoint.paged or not call.options.keys().isdisjoint({"page", "items"})


def build_links(page: Page, call: Call) -> dict[str, dict[str, str]]:
    """Return the link to the next page, if there is one."""
    if page.number >= page.counters["page_count"]:
        return {}
    query = urlencode({**call.options, "page": page.number + 1}, safe="[],")
    return {"next": {"href": f"{call.links_base}{call.path}?{query}"}}
