"""Collections in pages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from tests.sandbox.apparena.refusal import Refusal

if TYPE_CHECKING:
    from tests.sandbox.apparena.data import Row
    from tests.sandbox.apparena.instance import Call


@dataclass(frozen=True)
class Page:
    """Some rows of a collection, and where they stand in it."""

    rows: list[Row]
    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        """How many pages there are."""
        return math.ceil(self.total / self.size)

    def counters(self, call: Call) -> dict[str, int]:
        """The four counters, as far as they are shown."""
        claimed = call.quirks.page_number
        counters = {
            "total_items": self.total,
            "page_size": self.size,
            "page_count": self.count,
            "page_number": self.number if claimed is None else claimed,
        }
        missing = call.quirks.missing_counters
        return {name: value for name, value in counters.items() if name not in missing}


def wants_page(call: Call) -> bool:
    """Whether the answer is a page and not the whole collection."""
    options = call.options
    return call.endpoint.paged or options.page is not None or options.items is not None


def page_of(rows: list[Row], call: Call) -> Page:
    """The page that was asked for.

    Raises:
        Refusal: If it lies behind the last one, and that is an error.
    """
    quirks, total = call.quirks, len(rows)
    size = call.options.items or quirks.default_page_size
    size = min(size, quirks.largest_page or size)
    if not wants_page(call):
        return Page(rows, 1, size, total)
    number, last = call.options.page or 1, max(1, math.ceil(total / size))
    if number > last and quirks.beyond == "error":
        raise Refusal(quirks.beyond_status, f"Page {number} does not exist.")
    if number > last and quirks.beyond == "last":
        number = last
    return Page(rows[(number - 1) * size : number * size], number, size, total)


def links(page: Page, call: Call) -> dict[str, dict[str, str]]:
    """The collection's links to itself and to the pages around.

    Lists of what a company owns lead to the caller's own lists, as documented.
    """
    static = call.path.split("/")
    owned = static[1] == "companies" and static[-1] in {"projects", "templates", "apps"}
    address = call.links_base + (static[-1] if owned else call.path.removeprefix("/"))
    found = {}
    if wants_page(call) and page.number < page.count:
        found["next"] = {"href": f"{address}?{_query(call, page.number + 1)}"}
    if wants_page(call) and page.number > 1:
        found["previous"] = {"href": f"{address}?{_query(call, page.number - 1)}"}
    found["self"] = {"href": f"{address}?{call.query}" if call.query else address}
    return found


def _query(call: Call, number: int) -> str:
    sent = {**dict(parse_qsl(call.query, keep_blank_values=True)), "page": str(number)}
    return urlencode(sent, safe="[],")
