"""Make records fit their schema: one function per stream, compiled once.

The API's date-times come in three forms, texts sometimes as numbers, and newer servers send fields
within fields that nobody asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from tap_studio_openapi.errors import UnreadableError
from tap_studio_openapi.personal_data import named_in

if TYPE_CHECKING:
    from collections.abc import Mapping

Fit = Callable[[Any], Any]

ZONE = re.compile(r"\[[^\]]*\]$")
RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


def fitting(
    schema: Mapping[str, Any], left_out: frozenset[str], parent: str, *, only_known: bool
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Compile what makes a record fit.

    Args:
        schema: The JSON Schema of the records.
        left_out: The fields that must not come out, named as in `personal_data.PERSONAL`.
        parent: The name of the stream.
        only_known: Remove fields that the schema lacks, except of the record itself.

    Returns:
        A function that changes a record in place and gives it. It raises an `UnreadableError`
        about a value that no target could take.
    """
    removed = named_in(left_out, parent)
    properties = schema.get("properties", {})
    fits = [
        (name, fit, _kind(inner))
        for name, inner in properties.items()
        if (fit := _fit(inner, left_out, name, only_known=only_known)) is not None
    ]

    def fit_record(record: dict[str, Any]) -> dict[str, Any]:
        for name in removed.intersection(record):
            del record[name]
        for name, fit, kind in fits:
            value = record.get(name)
            if value is not None and type(value) is not kind:
                record[name] = fit(value)
        return record

    return fit_record


def rfc_3339(value: Any) -> Any:
    """Write a date-time as RFC 3339 wants it, without the name of its zone.

    Seconds that are left out because they are zero are put in. What is no date-time with an
    offset stays as it is, and what is empty is none.

    Raises:
        TypeError: It is no text.
    """
    if not value or RFC_3339.fullmatch(value):
        return value or None
    bare = ZONE.sub("", value)
    if RFC_3339.fullmatch(bare):
        return bare
    try:
        moment = datetime.fromisoformat(bare)
    except ValueError:
        return value
    return value if moment.tzinfo is None else moment.isoformat()


def _fit(
    schema: Mapping[str, Any], left_out: frozenset[str], name: str, *, only_known: bool
) -> Fit | None:
    """Compile what makes a value fit; None if nothing needs to be done."""
    kinds = schema.get("type", [])
    if "object" in kinds:
        return _fit_object(schema, left_out, name, only_known=only_known)
    if "array" in kinds:
        inner = _fit(schema.get("items", {}), left_out, name, only_known=only_known)
        return _fit_items(name, inner)
    if schema.get("format") == "date-time":
        return _checked(rfc_3339, name)
    return next((_checked(fit, name) for kind, fit in FITS.items() if kind in kinds), None)


def _kind(schema: Mapping[str, Any]) -> type | None:
    """Give the type of those values that need no fitting, so that records are spared the call."""
    if schema.get("format") == "date-time":
        return None
    return next((kind for name, kind in KINDS.items() if name in schema.get("type", [])), None)


def _fit_object(
    schema: Mapping[str, Any], left_out: frozenset[str], name: str, *, only_known: bool
) -> Fit:
    known = frozenset(schema.get("properties", {}))
    fit = fitting(schema, left_out, name, only_known=only_known)

    def fit_object(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _misfit(name, value)
        if only_known:
            for unknown in value.keys() - known:
                del value[unknown]
        return fit(value)

    return fit_object


def _fit_items(name: str, fit: Fit | None) -> Fit:
    def fit_items(value: Any) -> Any:
        if not isinstance(value, list):
            raise _misfit(name, value)
        return value if fit is None else [item if item is None else fit(item) for item in value]

    return fit_items


def _checked(fit: Fit, name: str) -> Fit:
    """Tell the name of the field where a value cannot be made to fit."""

    def fit_checked(value: Any) -> Any:
        try:
            return fit(value)
        except (TypeError, ValueError, OverflowError):
            raise _misfit(name, value) from None

    return fit_checked


def _misfit(name: str, value: Any) -> UnreadableError:
    """Make the error about a value, which is not quoted, as it may be about a person."""
    return UnreadableError(
        f"the server sends the field {name!r} as {type(value).__name__}, which is not what the "
        "API's documentation says. Report it with the tap's version."
    )


def _text(value: Any) -> str:
    """Make text of whatever a text is sent as, such as house numbers and times of day."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and value.keys() >= {"hour", "minute"}:
        return f"{value['hour']:02}:{value['minute']:02}:{value.get('second') or 0:02}"
    return msgspec.json.encode(value).decode()


def _integer(value: Any) -> int:
    whole = int(value)
    if not isinstance(value, str) and whole != value:
        raise ValueError(value)
    return whole


def _number(value: Any) -> float:
    return float(value) if isinstance(value, str) else value + 0


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


FITS: dict[str, Fit] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
KINDS: dict[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool}
