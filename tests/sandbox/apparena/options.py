"""What the query of a request asks for: filters, order and pages."""

from __future__ import annotations

import contextlib
import math
import operator
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from tests.sandbox.apparena.endpoints import FILTER, Endpoint
from tests.sandbox.apparena.instance import Call, Quirks, bad_request

if TYPE_CHECKING:
    from tests.sandbox.apparena.data import Row

_DEFAULT_PAGE_SIZE = 20
_FILTER = re.compile(r"filter\.(\w+)\[(\w+)\]")
_STYLES: Mapping[str, Mapping[str, bool]] = {
    "orderasc": {"orderasc": False, "orderdesc": True},
    "orderBy": {"orderBy[ASC]": False, "orderBy[DESC]": True},
    "none": {},
}
"""For each style, its options and whether they ask for descending order."""


@dataclass(frozen=True)
class Order:
    """By which field rows are to be sorted."""

    field: str
    descending: bool


@dataclass(frozen=True)
class Filter:
    """One filter, such as ``filter.appId[gt]=100``."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True)
class Options:
    """What a request asks for; None and empty ones are not there."""

    page: int | None = None
    items: int | None = None
    order: Order | None = None
    relations: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    lang: str | None = None
    version: str | None = None

    @classmethod
    def of(cls, query: str, endpoint: Endpoint, quirks: Quirks) -> Options:
        """Read a query; options that the endpoint does not list do nothing.

        Raises:
            Refusal: If an option has a value that makes no sense.
        """
        sent = dict(parse_qsl(query, keep_blank_values=True))
        known = {name: value for name, value in sent.items() if name in endpoint.options}
        return cls(
            page=_parse_positive(known, "page"),
            items=_parse_positive(known, "items"),
            order=_parse_order(known, quirks),
            relations=_parse_relations(known, endpoint),
            filters=tuple(_parse_filters(sent)) if FILTER in endpoint.options else (),
            lang=known.get("lang") or None,
            version=known.get("version") or None,
        )


def _parse_positive(known: Mapping[str, str], name: str) -> int | None:
    text = known.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text)):
        raise bad_request(f"'{name}' must be a positive number.")
    return int(text)


def _parse_order(known: Mapping[str, str], quirks: Quirks) -> Order | None:
    obeyed = _STYLES[quirks.order_style]
    orders = (Order(known[name], obeyed[name]) for name in obeyed if name in known)
    return next(orders, None)


def _parse_relations(known: Mapping[str, str], endpoint: Endpoint) -> tuple[str, ...]:
    names = tuple(part.strip() for part in known.get("rel", "").split(",") if part.strip())
    for name in names:
        if name not in endpoint.relations:
            raise bad_request(f"'{name}' is no relation here.")
    return names


def _parse_filters(sent: Mapping[str, str]) -> list[Filter]:
    found = []
    for name, value in sent.items():
        if not name.startswith("filter."):
            continue
        if parts := _FILTER.fullmatch(name):
            found.append(Filter(parts[1], parts[2], value))
        else:
            raise bad_request(f"'{name}' is no filter.")
    return found


DATES = frozenset({"created", "updated", "deletedAt", "expiryDate"})
"""The fields that hold a day and a time of day."""

Comparison = Callable[[Any, Any], bool]
"""Whether a row's value, which is not null, fits the wanted one."""

_EQUALITY: Mapping[str, Comparison] = {"eq": operator.eq, "neq": operator.ne}
_RANKING: Mapping[str, Comparison] = {
    **_EQUALITY,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_TEXT: Mapping[str, Comparison] = {
    **_EQUALITY,
    "match": operator.contains,
    "not": lambda text, part: part not in text,
}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def apply_filters(
    rows: list[Row], filters: tuple[Filter, ...], record: Mapping[str, Any]
) -> list[Row]:
    """Return the rows that all filters let pass; null passes none, as in SQL.

    Args:
        rows: What there is.
        filters: What to keep of it.
        record: JSON schema of a row, which says what its fields hold.

    Raises:
        Refusal: If a field or an operator does not exist.
    """
    for one in filters:
        fits, wanted = _interpret(one, record["properties"])
        field = one.field
        rows = [
            row for row in rows if (value := row.get(field)) is not None and fits(value, wanted)
        ]
    return rows


def _interpret(one: Filter, properties: Mapping[str, Any]) -> tuple[Comparison, Any]:
    """How a field's values are compared, and with what."""
    types = properties.get(one.field, {}).get("type", ())
    if one.field in DATES and types:
        ranks, day = _find_operator(one, _RANKING), _parse_day(one)
        return lambda moment, day: ranks(moment[:10], day), day
    if "integer" in types:
        if not (one.value.isascii() and one.value.isdigit()):
            raise bad_request(f"'{one.value}' is no integer.")
        return _find_operator(one, _RANKING), int(one.value)
    if "boolean" in types:
        if one.value.lower() not in _BOOLEANS:
            raise bad_request(f"'{one.value}' is no boolean.")
        return _find_operator(one, _EQUALITY), _BOOLEANS[one.value.lower()]
    if "string" in types and "object" not in types:
        fits = _find_operator(one, _TEXT)
        return lambda text, wanted: fits(text.casefold(), wanted), one.value.casefold()
    raise bad_request(f"'{one.field}' is no field to filter by.")


def _find_operator(one: Filter, operators: Mapping[str, Comparison]) -> Comparison:
    if one.operator not in operators:
        raise bad_request(f"'{one.operator}' is no operator of '{one.field}'.")
    return operators[one.operator]


def _parse_day(one: Filter) -> str:
    """A day without its time; nothing else is understood."""
    with contextlib.suppress(ValueError):
        if date.fromisoformat(one.value).isoformat() == one.value:
            return one.value
    raise bad_request(f"'{one.value}' is no day.")


def arrange(rows: list[Row], call: Call) -> list[Row]:
    """Sort rows as asked for, or else by what identifies them."""
    order, key_field = call.options.order, call.endpoint.key_field
    if order is not None and order.field in call.endpoint.record["properties"]:
        return sorted(rows, key=_sort_key(order.field, key_field), reverse=order.descending)
    if call.quirks.shuffle is not None:
        return sorted(rows, key=_shuffle_key(call))
    return sorted(rows, key=itemgetter(key_field))


def _sort_key(field: str, key_field: str) -> Callable[[Row], Any]:
    """Sort null first; rows that are alike in the field keep an order of their own."""
    if field == key_field:
        return itemgetter(field)
    return lambda row: (row.get(field) is not None, row.get(field), row[key_field])


def _shuffle_key(call: Call) -> Callable[[Row], int]:
    """A random place for each row, the same whatever rows come and go."""
    seed, key_field = call.quirks.shuffle, call.endpoint.key_field
    # The seed comes last, as the checksum keeps the differences of texts with a common end.
    return lambda row: zlib.crc32(f"{row[key_field]}:{seed}".encode())


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
        counters = {
            "total_items": self.total,
            "page_size": self.size,
            "page_count": self.count,
            "page_number": self.number,
        }
        missing = call.quirks.missing_counters
        return {name: value for name, value in counters.items() if name not in missing}


def is_paged(call: Call) -> bool:
    """Whether the answer is a page and not the whole collection."""
    options = call.options
    return call.endpoint.paged or options.page is not None or options.items is not None


def cut_page(rows: list[Row], call: Call) -> Page:
    """The page that was asked for; one behind the last is empty."""
    total = len(rows)
    size = call.options.items or _DEFAULT_PAGE_SIZE
    size = min(size, call.quirks.largest_page or size)
    if not is_paged(call):
        return Page(rows, 1, size, total)
    number = call.options.page or 1
    return Page(rows[(number - 1) * size : number * size], number, size, total)


def build_page_links(page: Page, call: Call) -> dict[str, dict[str, str]]:
    """The collection's links to itself and to the pages around.

    Lists of what a company owns lead to the caller's own lists, as documented.
    """
    static = call.path.split("/")
    owned = static[1] == "companies" and static[-1] in {"projects", "templates", "apps"}
    address = call.links_base + (static[-1] if owned else call.path.removeprefix("/"))
    found = {}
    if is_paged(call) and page.number < page.count:
        found["next"] = {"href": f"{address}?{_build_query(call, page.number + 1)}"}
    if is_paged(call) and page.number > 1:
        found["previous"] = {"href": f"{address}?{_build_query(call, page.number - 1)}"}
    found["self"] = {"href": f"{address}?{call.query}" if call.query else address}
    return found


def _build_query(call: Call, number: int) -> str:
    sent = {**dict(parse_qsl(call.query, keep_blank_values=True)), "page": str(number)}
    return urlencode(sent, safe="[],")
