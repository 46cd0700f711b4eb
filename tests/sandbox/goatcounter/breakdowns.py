"""Visitors by browser, system, place, language, screen, campaign and referrer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from tests.sandbox.goatcounter.errors import unexpected_error
from tests.sandbox.goatcounter.generation import Generation
from tests.sandbox.goatcounter.visitors import UNKNOWN, name_country, name_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.sandbox.goatcounter.statistics import Question
    from tests.sandbox.goatcounter.store import Visit

TOP_PAGES = 4
"""The list of referrers ends after so many pages, whatever there is."""

SIZES = {"phone": 600, "tablet": 1000, "desktop": 1920}
"""The highest width of each group."""

Row = dict[str, object]
Key = TypeVar("Key")


@dataclass(frozen=True)
class Slice:
    """The part of the rows that is asked for."""

    limit: int
    offset: int

    def cut(self, rows: list[Row], name: str = "stats") -> Row:
        """Return the response that holds this part."""
        part = rows[self.offset : self.offset + self.limit + 1]
        return {name: part[: self.limit], "more": len(part) > self.limit}


def read_breakdown(page: str, visits: list[Visit], question: Question, part: Slice) -> Row:
    """Return one page of statistics."""
    if page == "toprefs":
        return _list_top_referrers(question.select_visitors(visits), part)
    found = question.select_visitors_of_days(visits)
    if page == "sizes":
        return {"stats": _list_sizes(found), "more": False}
    rows = {
        "browsers": lambda: _list_products(visit.browser.name for visit in found),
        "systems": lambda: _list_products(visit.system.name for visit in found),
        "locations": lambda: _list_locations(found, question.generation),
        "languages": lambda: _list_languages(found),
        "campaigns": lambda: _list_campaigns(found),
    }[page]()
    return part.cut(rows)


def read_detail(page: str, key: str, visits: list[Visit], question: Question, part: Slice) -> Row:
    """Return one row of a page of statistics, broken down further."""
    if page == "toprefs":
        return _list_paths(question.select_visitors(visits), key, part, question.generation)
    found = question.select_visitors_of_days(visits)
    rows = {
        "browsers": lambda: _list_versions((visit.browser for visit in found), key),
        "systems": lambda: _list_versions((visit.system for visit in found), key),
        "locations": lambda: _list_regions(found, key),
        "sizes": lambda: _list_widths(found, key),
        "campaigns": lambda: _list_sources(found, key),
    }[page]()
    return part.cut(rows)


def read_referrers(visits: list[Visit], part: Slice) -> Row:
    """Return the referrers of the hits of a path."""
    referrers = {visit.referrer_id: visit.referrer for visit in visits}
    rows: list[Row] = [
        {"name": referrers[key].name, "count": count, "ref_scheme": referrers[key].scheme}
        for key, count in _rank(visit.referrer_id for visit in visits)
    ]
    return part.cut(rows, "refs")


def _rank(
    keys: Iterable[Key], tie: Callable[[Key], Any] | None = None, *, descending: bool = False
) -> list[tuple[Key, int]]:
    """Return keys with their counts, the highest first.

    Args:
        keys: One key for each visitor.
        tie: What decides between equal counts; the key itself if not given.
        descending: Whether the highest of that comes first.
    """
    order: Callable[[Key], Any] = tie or (lambda key: key)
    counts = sorted(Counter(keys).items(), key=lambda item: order(item[0]), reverse=descending)
    return sorted(counts, key=lambda item: -item[1])


def _list_products(names: Iterable[str]) -> list[Row]:
    """List browsers or systems; ties are left to the database, which counts names down."""
    return [
        {"id": name, "name": name, "count": count} if name else {"name": "", "count": count}
        for name, count in _rank(names, descending=True)
    ]


def _list_locations(visits: list[Visit], generation: Generation) -> list[Row]:
    countries = (visit.location.partition("-")[0] for visit in visits)
    tie = name_country if generation is Generation.V2_7 else None
    return [
        {"id": code or UNKNOWN, "name": name_country(code), "count": count}
        for code, count in _rank(countries, tie)
    ]


def _list_languages(visits: list[Visit]) -> list[Row]:
    return [
        {"id": code or UNKNOWN, "name": name_language(code), "count": count}
        for code, count in _rank(visit.language for visit in visits)
    ]


def _list_campaigns(visits: list[Visit]) -> list[Row]:
    names = {visit.campaign_id: visit.campaign for visit in visits}
    ids = (visit.campaign_id for visit in visits if visit.campaign_id is not None)
    return [{"id": str(key), "name": names[key], "count": count} for key, count in _rank(ids)]


def _list_sizes(visits: list[Visit]) -> list[Row]:
    counts = Counter(_group_of(visit.width) for visit in visits)
    groups = [*SIZES, "desktophd", "unknown"]
    return [{"id": group, "name": "", "count": counts[group]} for group in groups]


def _group_of(width: int) -> str:
    if width == 0:
        return "unknown"
    return next((name for name, highest in SIZES.items() if width <= highest), "desktophd")


def _list_top_referrers(visits: list[Visit], part: Slice) -> Row:
    referrers = {visit.referrer_id: visit.referrer for visit in visits}
    rows: list[Row] = []
    for key, count in _rank(visit.referrer_id for visit in visits)[: TOP_PAGES * part.limit]:
        name, scheme = referrers[key]
        row: Row = {"name": name, "count": count, "ref_scheme": scheme}
        rows.append({"id": name, **row} if name else row)
    return part.cut(rows)


def _list_paths(visits: list[Visit], key: str, part: Slice, generation: Generation) -> Row:
    """List the paths that a referrer led to; of too many the server drops only the last."""
    found = [visit.path for visit in visits if visit.referrer.name.lower() == key.lower()]
    paths = {path.id: path.path for path in found}
    ids = (path.id for path in found)
    rows: list[Row] = [
        {"name": paths[path_id], "count": count}
        for path_id, count in _rank(ids, descending=generation is Generation.V2_7)
    ]
    more = len(rows) > part.limit
    return {"stats": rows[:-1] if more else rows, "more": more}


def _list_versions(products: Iterable[tuple[str, str]], key: str) -> list[Row]:
    found = (product for product in products if product[0].lower() == key.lower())
    return [{"name": " ".join(product), "count": count} for product, count in _rank(found)]


def _list_regions(visits: list[Visit], country: str) -> list[Row]:
    """List regions of a country; their names are empty, as without a database of cities."""
    found = (v.location for v in visits if v.location.partition("-")[0] == country)
    return [{"name": "", "count": count} for _, count in _rank(found)]


def _list_widths(visits: list[Visit], group: str) -> list[Row]:
    if group not in {*SIZES, "desktophd", "unknown"}:
        raise unexpected_error(f"unknown size: {group}")
    found = (visit.width for visit in visits if _group_of(visit.width) == group)
    return [{"name": f"↔\ufe0e {width}px", "count": count} for width, count in _rank(found)]


def _list_sources(visits: list[Visit], campaign: str) -> list[Row]:
    if not campaign.isdecimal():
        raise unexpected_error(f"campaign id: {campaign}")
    found = [visit for visit in visits if visit.campaign_id == int(campaign)]
    names = {visit.referrer_id: visit.referrer.name for visit in found}
    return [
        {"name": names[key], "count": count}
        for key, count in _rank(visit.referrer_id for visit in found)
    ]
