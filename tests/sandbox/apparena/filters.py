"""Which rows a filter lets pass."""

from __future__ import annotations

import operator
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena.refusal import Refusal, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.apparena.data import Row
    from tests.sandbox.apparena.options import Filter

DATES = frozenset({"created", "updated", "deletedAt", "expiryDate"})
"""The fields that hold a day and a time of day."""

_EQUALITY: Mapping[str, Callable[[Any, Any], bool]] = {"eq": operator.eq, "neq": operator.ne}
_COMPARISON: Mapping[str, Callable[[Any, Any], bool]] = {
    **_EQUALITY,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_TEXT: Mapping[str, Callable[[Any, Any], bool]] = {
    **_EQUALITY,
    "match": operator.contains,
    "not": lambda text, part: part not in text,
}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def apply(
    rows: list[Row], filters: tuple[Filter, ...], record: Mapping[str, Any], *, strict: bool
) -> list[Row]:
    """Keeps the rows that all filters let pass; null passes none, as in SQL.

    Args:
        rows: What there is.
        filters: What to keep of it.
        record: JSON schema of a row, which says what its fields hold.
        strict: Whether unknown fields and operators are refused rather than ignored.

    Raises:
        Refusal: If a filter is refused.
    """
    for one in filters:
        try:
            passes = _predicate(one, record["properties"])
        except Refusal:
            if strict:
                raise
            continue
        rows = [row for row in rows if passes(row)]
    return rows


def _predicate(one: Filter, properties: Mapping[str, Any]) -> Callable[[Row], bool]:
    operators, wanted, read = _meaning(one, properties)
    compare = operators.get(one.operator)
    if compare is None:
        raise bad_request(f"'{one.operator}' is no operator of '{one.field}'.")
    field = one.field

    def passes(row: Row) -> bool:
        value = row.get(field)
        return value is not None and compare(read(value), wanted)

    return passes


def _meaning(
    one: Filter, properties: Mapping[str, Any]
) -> tuple[Mapping[str, Callable[[Any, Any], bool]], Any, Callable[[Any], Any]]:
    """The operators of a field, the value to compare with, and what is compared of a row's."""
    types = properties.get(one.field, {}).get("type", ())
    if one.field in DATES and types:
        return _COMPARISON, _day(one), lambda moment: moment[:10]
    if "integer" in types:
        if not (one.value.isascii() and one.value.isdigit()):
            raise bad_request(f"'{one.value}' is no integer.")
        return _COMPARISON, int(one.value), int
    if "boolean" in types:
        if one.value.lower() not in _BOOLEANS:
            raise bad_request(f"'{one.value}' is no boolean.")
        return _EQUALITY, _BOOLEANS[one.value.lower()], bool
    if "string" in types:
        return _TEXT, one.value.casefold(), lambda text: str(text).casefold()
    raise bad_request(f"'{one.field}' is no field to filter by.")


def _day(one: Filter) -> str:
    """A day without its time; nothing else is understood."""
    try:
        return date.fromisoformat(one.value).isoformat()
    except ValueError:
        raise bad_request(f"'{one.value}' is no day.") from None
