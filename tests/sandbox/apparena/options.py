"""The query options of a request, as far as its endpoint knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tests.sandbox.apparena.endpoints import FILTER
from tests.sandbox.apparena.refusal import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.apparena.endpoints import Endpoint
    from tests.sandbox.apparena.quirks import Quirks

_FILTER = re.compile(r"filter\.(\w+)\[(\w+)\]")
_STYLES: Mapping[str, Mapping[str, bool]] = {
    "orderasc": {"orderasc": False, "orderdesc": True},
    "orderBy": {"orderBy[ASC]": False, "orderBy[DESC]": True},
    "both": {"orderasc": False, "orderdesc": True, "orderBy[ASC]": False, "orderBy[DESC]": True},
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
    fields: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    relations: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    lang: str | None = None
    version: str | None = None

    @classmethod
    def of(cls, query: str, endpoint: Endpoint, quirks: Quirks) -> Options:
        """Reads a query; options that the endpoint does not list do nothing.

        Raises:
            Refusal: If an option has a value that makes no sense.
        """
        sent = dict(parse_qsl(query, keep_blank_values=True))
        known = {name: value for name, value in sent.items() if name in endpoint.options}
        return cls(
            page=_positive(known, "page"),
            items=_positive(known, "items"),
            order=_order(known, quirks),
            fields=frozenset(_listed(known, "fields")),
            exclude=frozenset(_listed(known, "exclude")),
            relations=_relations(known, endpoint),
            filters=tuple(_filters(sent, quirks)) if FILTER in endpoint.options else (),
            lang=known.get("lang") or None,
            version=known.get("version") or None,
        )


def _positive(known: Mapping[str, str], name: str) -> int | None:
    text = known.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text)):
        raise bad_request(f"'{name}' must be a positive number.")
    return int(text)


def _listed(known: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in known.get(name, "").split(",") if part.strip()]


def _order(known: Mapping[str, str], quirks: Quirks) -> Order | None:
    obeyed = _STYLES[quirks.order_style]
    orders = (Order(known[name], obeyed[name]) for name in obeyed if name in known)
    return next(orders, None)


def _relations(known: Mapping[str, str], endpoint: Endpoint) -> tuple[str, ...]:
    names = tuple(_listed(known, "rel"))
    for name in names:
        if name not in endpoint.relations:
            raise bad_request(f"'{name}' is no relation here.")
    return names


def _filters(sent: Mapping[str, str], quirks: Quirks) -> list[Filter]:
    given = [(name, value) for name, value in sent.items() if name.startswith("filter.")]
    if not given or quirks.filters == "ignored":
        return []
    if quirks.filters == "refused":
        raise bad_request("Filters are not supported.")
    found = []
    for name, value in given:
        if parts := _FILTER.fullmatch(name):
            found.append(Filter(parts[1], parts[2], value))
        elif quirks.unknown_filters == "refused":
            raise bad_request(f"'{name}' is no filter.")
    return found
