"""Visitors by browser, system, place, language, screen, campaign and referrer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from tests.sandbox.goatcounter.call import json_response, unexpected_error
from tests.sandbox.goatcounter.state import TEMPLATES
from tests.sandbox.goatcounter.statistics import read_question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.responses import Response

    from tests.sandbox.goatcounter.call import Context
    from tests.sandbox.goatcounter.hits import Product, Visit
    from tests.sandbox.goatcounter.statistics import Question

UNKNOWN = "(unknown)"
"""What statistics call a country or language that is not known."""

NAMES: dict[str, str] = TEMPLATES["names"]
"""English names of countries by ISO 3166-1 code, and of languages by ISO 639-3 code."""

TOP_PAGES = 4
"""The list of referrers ends after so many pages, whatever there is."""

SIZES = {"phone": 600, "tablet": 1000, "desktop": 1920}
"""The highest width of each group."""

Row = dict[str, object]
Key = TypeVar("Key")


def list_referrers(context: Context) -> Response:
    """Answer ``GET /stats/hits/{path_id}``: where visitors of one path came from."""
    question = read_question(context, "limit", "offset")
    question = replace(question, paths={int(context.arguments["path_id"])})
    rows = _count_referrers(question.select_visitors())
    return _respond(question, rows, "refs")


def list_breakdown(context: Context) -> Response:
    """Answer ``GET /stats/{page}``."""
    question = read_question(context, "limit", "offset")
    page = context.arguments["page"]
    if page == "toprefs":
        rows = _count_referrers(question.select_visitors())[: TOP_PAGES * question.limit]
        rows = [{"id": row["name"], **row} if row["name"] else row for row in rows]
        return _respond(question, rows)
    found = question.select_visitors_of_days()
    if page == "sizes":
        return json_response({"stats": _list_sizes(found), "more": False})
    countries = (visit.location.partition("-")[0] for visit in found)
    tie = None if question.generation.is_newer else _find_name
    lists: dict[str, Callable[[], list[Row]]] = {
        "browsers": lambda: _list_products(visit.browser for visit in found),
        "systems": lambda: _list_products(visit.system for visit in found),
        "locations": lambda: _list_named(_rank(countries, tie)),
        "languages": lambda: _list_named(_rank(visit.language for visit in found)),
        "campaigns": lambda: _list_campaigns(found),
    }
    return _respond(question, lists[page]())


def list_detail(context: Context) -> Response:
    """Answer ``GET /stats/{page}/{id}``: one row of a page, broken down further."""
    question = read_question(context, "limit", "offset")
    page, key = context.arguments["page"], context.arguments["id"]
    if page == "toprefs":
        return _list_paths(question, key)
    found = question.select_visitors_of_days()
    lists: dict[str, Callable[[], list[Row]]] = {
        "browsers": lambda: _list_versions((visit.browser for visit in found), key),
        "systems": lambda: _list_versions((visit.system for visit in found), key),
        "locations": lambda: _list_regions(found, key),
        "sizes": lambda: _list_widths(found, key),
        "campaigns": lambda: _list_sources(found, key),
    }
    return _respond(question, lists[page]())


def _respond(question: Question, rows: list[Row], name: str = "stats") -> Response:
    """Return the response that holds the part of the rows that is asked for."""
    end = question.offset + question.limit
    return json_response({name: rows[question.offset : end], "more": len(rows) > end})


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


def _count_referrers(visits: list[Visit]) -> list[Row]:
    referrers = {visit.referrer_id: visit.referrer for visit in visits}
    return [
        {"name": referrers[key].name, "count": count, "ref_scheme": referrers[key].scheme}
        for key, count in _rank(visit.referrer_id for visit in visits)
    ]


def _list_products(products: Iterable[Product]) -> list[Row]:
    """List browsers or systems; ties are left to the database, which counts names down."""
    return [
        {"id": name, "name": name, "count": count} if name else {"name": "", "count": count}
        for name, count in _rank((product.name for product in products), descending=True)
    ]


def _list_named(counts: list[tuple[str, int]]) -> list[Row]:
    return [
        {"id": code or UNKNOWN, "name": _find_name(code), "count": count} for code, count in counts
    ]


def _find_name(code: str) -> str:
    return NAMES.get(code, code) or UNKNOWN


def _list_campaigns(visits: list[Visit]) -> list[Row]:
    names = {visit.campaign_id: visit.campaign for visit in visits}
    ids = (visit.campaign_id for visit in visits if visit.campaign_id is not None)
    return [{"id": str(key), "name": names[key], "count": count} for key, count in _rank(ids)]


def _list_sizes(visits: list[Visit]) -> list[Row]:
    counts = Counter(_find_size(visit.width) for visit in visits)
    groups = [*SIZES, "desktophd", "unknown"]
    return [{"id": group, "name": "", "count": counts[group]} for group in groups]


def _find_size(width: int) -> str:
    if width == 0:
        return "unknown"
    return next((name for name, highest in SIZES.items() if width <= highest), "desktophd")


def _list_paths(question: Question, key: str) -> Response:
    """List the paths that a referrer led to; of too many the server drops only the last."""
    visits = question.select_visitors()
    found = [visit.path for visit in visits if visit.referrer.name.lower() == key.lower()]
    paths = {path.id: path.path for path in found}
    ranks = _rank((path.id for path in found), descending=not question.generation.is_newer)
    rows = [{"name": paths[path_id], "count": count} for path_id, count in ranks]
    more = len(rows) > question.limit
    return json_response({"stats": rows[:-1] if more else rows, "more": more})


def _list_versions(products: Iterable[Product], key: str) -> list[Row]:
    found = (product for product in products if product.name.lower() == key.lower())
    return [{"name": " ".join(product), "count": count} for product, count in _rank(found)]


def _list_regions(visits: list[Visit], country: str) -> list[Row]:
    """List regions of a country; their names are empty, as without a database of cities."""
    found = (v.location for v in visits if v.location.partition("-")[0] == country)
    return [{"name": "", "count": count} for _, count in _rank(found)]


def _list_widths(visits: list[Visit], group: str) -> list[Row]:
    if group not in {*SIZES, "desktophd", "unknown"}:
        raise unexpected_error(f"unknown size: {group}")
    found = (visit.width for visit in visits if _find_size(visit.width) == group)
    return [{"name": f"↔\ufe0e {width}px", "count": count} for width, count in _rank(found)]


def _list_sources(visits: list[Visit], campaign: str) -> list[Row]:
    if not campaign.isdecimal():
        raise unexpected_error(f"campaign id: {campaign}")
    found = [visit for visit in visits if visit.campaign_id == int(campaign)]
    return [{"name": row["name"], "count": row["count"]} for row in _count_referrers(found)]
