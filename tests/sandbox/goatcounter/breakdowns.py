"""Visitors by browser, system, place, language, screen, campaign and referrer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from tests.sandbox.goatcounter.errors import InvalidFieldsError, unexpected
from tests.sandbox.goatcounter.generation import Generation
from tests.sandbox.goatcounter.visitors import UNKNOWN, country_name, language_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.sandbox.goatcounter.statistics import Question
    from tests.sandbox.goatcounter.store import Visit

PAGES = ("browsers", "systems", "locations", "languages", "sizes", "campaigns", "toprefs")
DETAILS = ("browsers", "systems", "locations", "sizes", "campaigns", "toprefs")

_TOP_PAGES = 4
"""The list of referrers ends after so many pages, whatever there is."""
_SIZES = (("phone", 600), ("tablet", 1000), ("desktop", 1920))

Row = dict[str, object]
Key = TypeVar("Key")


@dataclass(frozen=True)
class Slice:
    """The part of the rows that is asked for."""

    limit: int
    offset: int

    def of(self, rows: list[Row]) -> Row:
        """The answer that holds this part."""
        part = rows[self.offset : self.offset + self.limit + 1]
        return {"stats": part[: self.limit], "more": len(part) > self.limit}


def check_page(page: str, known: tuple[str, ...]) -> None:
    """Refuses a page that does not exist.

    Raises:
        InvalidFieldsError: If it is not one of those known.
    """
    if page not in known:
        names = ", ".join(known)
        raise InvalidFieldsError({"page": [f"must be one of ‘{names}’"]})  # noqa: RUF001


def breakdown(
    page: str,
    visits: list[Visit],
    question: Question,
    part: Slice,
) -> Row:
    """One page of statistics."""
    if page == "toprefs":
        return _top_referrers(question.visitors(visits), part)
    found = visitors_of_days(visits, question)
    if page == "sizes":
        return {"stats": _sizes(found), "more": False}
    rows = {
        "browsers": lambda: _products(visit.browser.name for visit in found),
        "systems": lambda: _products(visit.system.name for visit in found),
        "locations": lambda: _locations(found, question.generation),
        "languages": lambda: _languages(found),
        "campaigns": lambda: _campaigns(found),
    }[page]()
    return part.of(rows)


def detail(page: str, key: str, visits: list[Visit], question: Question, part: Slice) -> Row:
    """One row of a page of statistics, broken down further."""
    if page == "toprefs":
        return _paths_of_referrer(question.visitors(visits), key, part, question.generation)
    found = visitors_of_days(visits, question)
    return {
        "browsers": lambda: part.of(_versions((visit.browser for visit in found), key)),
        "systems": lambda: part.of(_versions((visit.system for visit in found), key)),
        "locations": lambda: part.of(_regions(found, key)),
        "sizes": lambda: part.of(_widths(found, key)),
        "campaigns": lambda: part.of(_sources(found, key)),
    }[page]()


def referrers_of_path(visits: Iterable[Visit], part: Slice) -> Row:
    """The referrers of hits."""
    counts = Counter(visit.referrer_id for visit in visits)
    referrers = {visit.referrer_id: visit.referrer for visit in visits}
    rows: list[Row] = [
        {"name": referrers[key].name, "count": count, "ref_scheme": referrers[key].scheme}
        for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    answer = part.of(rows)
    return {"refs": answer["stats"], "more": answer["more"]}


def visitors_of_days(visits: list[Visit], question: Question) -> list[Visit]:
    """The visitors of whole UTC days, from the owner's date of the start to that of the end."""
    window = question.window
    start, end = (moment.astimezone(question.zone).date() for moment in (window.start, window.end))
    return [
        visit
        for visit in visits
        if visit.first and start <= visit.hour.date() <= end and question.concerns(visit.path)
    ]


def _ranked(
    keys: Iterable[Key],
    tie: Callable[[Key], Any] | None = None,
    *,
    descending: bool = False,
) -> list[tuple[Key, int]]:
    """Keys with their counts, the highest first.

    Args:
        keys: One key for each visitor.
        tie: What decides between equal counts; the key itself if not given.
        descending: Whether the highest of that comes first.
    """
    order: Callable[[Key], Any] = tie or (lambda key: key)
    counts = sorted(Counter(keys).items(), key=lambda item: order(item[0]), reverse=descending)
    return sorted(counts, key=lambda item: -item[1])


def _products(names: Iterable[str]) -> list[Row]:
    """Browsers or systems; the server leaves ties to the database, which counts names down."""
    return [
        {"id": name, "name": name, "count": count} if name else {"name": "", "count": count}
        for name, count in _ranked(names, descending=True)
    ]


def _locations(visits: list[Visit], generation: Generation) -> list[Row]:
    countries = (visit.location.partition("-")[0] for visit in visits)
    tie = country_name if generation is Generation.V2_7 else None
    return [
        {"id": code or UNKNOWN, "name": country_name(code), "count": count}
        for code, count in _ranked(countries, tie)
    ]


def _languages(visits: list[Visit]) -> list[Row]:
    return [
        {"id": code or UNKNOWN, "name": language_name(code), "count": count}
        for code, count in _ranked(visit.language for visit in visits)
    ]


def _campaigns(visits: list[Visit]) -> list[Row]:
    names = {visit.campaign_id: visit.campaign for visit in visits}
    ids = (visit.campaign_id for visit in visits if visit.campaign_id is not None)
    return [{"id": str(key), "name": names[key], "count": count} for key, count in _ranked(ids)]


def _sizes(visits: list[Visit]) -> list[Row]:
    counts = Counter(_size(visit.width) for visit in visits)
    groups = [*(name for name, _ in _SIZES), "desktophd", "unknown"]
    return [{"id": group, "name": "", "count": counts[group]} for group in groups]


def _size(width: int) -> str:
    if width == 0:
        return "unknown"
    return next((name for name, highest in _SIZES if width <= highest), "desktophd")


def _top_referrers(visits: Iterable[Visit], part: Slice) -> Row:
    visits = list(visits)
    referrers = {visit.referrer_id: visit.referrer for visit in visits}
    rows: list[Row] = []
    for key, count in _ranked(visit.referrer_id for visit in visits)[: _TOP_PAGES * part.limit]:
        name, scheme = referrers[key]
        row: Row = {"name": name, "count": count, "ref_scheme": scheme}
        rows.append({"id": name, **row} if name else row)
    return part.of(rows)


def _paths_of_referrer(
    visits: Iterable[Visit],
    key: str,
    part: Slice,
    generation: Generation,
) -> Row:
    """The paths that a referrer led to.

    Limit and offset act on the records of referrers, of which there is hardly ever more than one to
    a name; of too many paths the server then drops only the last.
    """
    found = [visit for visit in visits if visit.referrer.name.lower() == key.lower()]
    records = sorted({visit.referrer_id for visit in found})
    chosen = set(records[part.offset : part.offset + part.limit + 1])
    paths = {visit.path.id: visit.path.path for visit in found}
    rows: list[Row] = [
        {"name": paths[path_id], "count": count}
        for path_id, count in _ranked(
            (visit.path.id for visit in found if visit.referrer_id in chosen),
            descending=generation is Generation.V2_7,
        )
    ]
    more = len(rows) > part.limit
    return {"stats": rows[:-1] if more else rows, "more": more}


def _versions(products: Iterable[tuple[str, str]], key: str) -> list[Row]:
    found = (product for product in products if product[0].lower() == key.lower())
    return [{"name": " ".join(product), "count": count} for product, count in _ranked(found)]


def _regions(visits: list[Visit], country: str) -> list[Row]:
    """Regions of a country; their names are empty, as without a database of cities."""
    found = (v.location for v in visits if v.location.partition("-")[0] == country and country)
    return [{"name": "", "count": count} for _, count in _ranked(found)]


def _widths(visits: list[Visit], group: str) -> list[Row]:
    if group not in {*(name for name, _ in _SIZES), "desktophd", "unknown"}:
        raise unexpected(f"unknown size: {group}")
    found = (visit.width for visit in visits if _size(visit.width) == group)
    return [{"name": f"↔\ufe0e {width}px", "count": count} for width, count in _ranked(found)]


def _sources(visits: list[Visit], campaign: str) -> list[Row]:
    if not campaign.lstrip("-").isdigit():
        raise unexpected(f"campaign id: {campaign}")
    found = [visit for visit in visits if visit.campaign_id == int(campaign)]
    names = {visit.referrer_id: visit.referrer.name for visit in found}
    return [
        {"name": names[key], "count": count}
        for key, count in _ranked(visit.referrer_id for visit in found)
    ]
