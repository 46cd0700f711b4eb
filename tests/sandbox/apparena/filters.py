"""Which rows a filter lets pass."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena.refusal import Refusal, bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.apparena.data import Row
    from tests.sandbox.apparena.options import Filter

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
            fits, wanted = _meaning(one, record["properties"])
        except Refusal:
            if strict:
                raise
            continue
        field = one.field
        rows = [
            row for row in rows if (value := row.get(field)) is not None and fits(value, wanted)
        ]
    return rows


def _meaning(one: Filter, properties: Mapping[str, Any]) -> tuple[Comparison, Any]:
    """How a field's values are compared, and with what."""
    types = properties.get(one.field, {}).get("type", ())
    if one.field in DATES and types:
        ranks, day = _operator(one, _RANKING), _day(one)
        return lambda moment, day: ranks(moment[:10], day), day
    if "integer" in types:
        if not (one.value.isascii() and one.value.isdigit()):
            raise bad_request(f"'{one.value}' is no integer.")
        return _operator(one, _RANKING), int(one.value)
    if "boolean" in types:
        if one.value.lower() not in _BOOLEANS:
            raise bad_request(f"'{one.value}' is no boolean.")
        return _operator(one, _EQUALITY), _BOOLEANS[one.value.lower()]
    if "string" in types and "object" not in types:
        fits = _operator(one, _TEXT)
        return lambda text, wanted: fits(text.casefold(), wanted), one.value.casefold()
    raise bad_request(f"'{one.field}' is no field to filter by.")


def _operator(one: Filter, operators: Mapping[str, Comparison]) -> Comparison:
    if one.operator not in operators:
        raise bad_request(f"'{one.operator}' is no operator of '{one.field}'.")
    return operators[one.operator]


def _day(one: Filter) -> str:
    """A day without its time; nothing else is understood."""
    with contextlib.suppress(ValueError):
        if date.fromisoformat(one.value).isoformat() == one.value:
            return one.value
    raise bad_request(f"'{one.value}' is no day.")
