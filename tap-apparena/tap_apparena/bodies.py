"""The shapes in which the API hands out records, all read into one.

There are six: a map by id, a flat record, a map of a single record, an array, an array without
anything around it, and two maps of languages. PHP, which the server is written in, prints an empty
map as ``[]``. Source: the API's documentation, "Response" and the samples of each chapter.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Record = dict[str, Any]

COUNTERS = ("total_items", "page_size", "page_count", "page_number")


class BodyError(ValueError):
    """A body has none of the known shapes."""


@dataclass(frozen=True)
class Page:
    """Records, and where they stand among others.

    Attributes:
        records: As they came, each with its id.
        total_items: How many there are on all pages; None if the server does not count.
        page_size: How many a page has at most, whatever was asked for.
        page_count: How many pages there are.
        page_number: Which one this is, from 1.
    """

    records: list[Record]
    total_items: int | None = None
    page_size: int | None = None
    page_count: int | None = None
    page_number: int | None = None


@dataclass(frozen=True)
class Languages:
    """The languages of an app, a template or a version, by locale.

    Attributes:
        activated: Those that content can be read in; None where the answer does not say.
        available: Those that the version has.
    """

    activated: dict[str, Record] | None
    available: dict[str, Record]


def page_of(body: Any, *identifiers: str) -> Page:
    """Read a body of records.

    Args:
        body: The decoded JSON.
        identifiers: The fields that may hold a record's id. A record that has none of them gets
            its key in the map as the first.

    Raises:
        BodyError: The body has another shape.
    """
    if isinstance(body, list):
        return Page(_listed(body))
    if _is_bare_map(body, identifiers):
        return Page(_listed(body.values()))
    counters = body if isinstance(body, dict) else {}
    total, size, pages, number = (_count(counters.get(name)) for name in COUNTERS)
    embedded = counters.get("_embedded")
    if embedded in ([], {}) and total == 0:
        embedded = {"data": []}
    if not isinstance(embedded, dict) or "data" not in embedded:
        raise BodyError("There is no '_embedded.data' in it.")
    if pages is None and total is not None and size:
        pages = ceil(total / size)
    return Page(_records(embedded["data"], identifiers), total, size, pages, number)


def languages_of(body: Any) -> Languages:
    """Read a body of languages.

    Raises:
        BodyError: The body has another shape.
    """
    if body in ([], {}):
        return Languages(None, {})
    if not isinstance(body, dict) or not body.keys() & {"activated", "available"}:
        raise BodyError("There is neither 'activated' nor 'available' in it.")
    activated = body.get("activated")
    return Languages(
        None if activated is None else _by_locale(activated),
        _by_locale(body.get("available") or {}),
    )


def stated_status(body: Any) -> Any:
    """Give the status that a body states, as errors do even under 200; None for a good body."""
    if isinstance(body, dict) and "_embedded" not in body:
        return body.get("status")
    return None


def _records(data: Any, identifiers: tuple[str, ...]) -> list[Record]:
    if data is None:
        return []
    if isinstance(data, list):
        return _listed(data)
    if not isinstance(data, dict):
        raise BodyError("Its '_embedded.data' is neither an object nor an array.")
    if _has_id(data, identifiers):
        return [data]
    return [
        record
        if _has_id(record, identifiers)
        # The id in a record goes before its key in the map.
        else {**record, identifiers[0]: key}
        for key, record in zip(data, _listed(data.values()), strict=True)
    ]


def _listed(items: Iterable[Any]) -> list[Record]:
    records = list(items)
    if not set(map(type, records)) <= {dict}:
        raise BodyError("Not all of its records are objects.")
    return records


def _by_locale(data: Any) -> dict[str, Record]:
    return {str(record["lang"]): record for record in _records(data, ("lang",))}


def _is_bare_map(body: Any, identifiers: tuple[str, ...]) -> bool:
    """Tell whether an array came as an object, as PHP prints one that has lost an element."""
    return (
        isinstance(body, dict)
        and bool(body)
        and all(
            isinstance(record, dict) and _has_id(record, identifiers) for record in body.values()
        )
    )


def _has_id(record: Record, identifiers: tuple[str, ...]) -> bool:
    for name in identifiers:
        value = record.get(name)
        if value is not None and not isinstance(value, (dict, list)):
            return True
    return False


def _count(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
