"""The kinds of fields there are: how each looks in schemas, becomes safe, and can be filtered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

ORDERED = frozenset({"eq", "neq", "gt", "gte", "lt", "lte"})
MATCHED = frozenset({"eq", "neq", "match", "not"})
LONGEST_QUOTE = 40
WHOLE = re.compile(r"-?[0-9]+")
EQUAL = frozenset({"eq", "neq"})
TRUTHS = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True)
class Kind:
    """What a field can hold.

    Attributes:
        json_type: Its type in JSON Schema.
        python_type: The type of a value that needs no conversion.
        convert: Makes such a value, or None, of any other but None.
        operators: Those of the API's filters.
        filter_form: What a filter compares with, in words.
        is_filter_value: Tells whether a text has that form.
    """

    json_type: str
    python_type: type
    convert: Callable[[Any], Any]
    operators: frozenset[str]
    filter_form: str
    is_filter_value: Callable[[str], bool]


@dataclass(frozen=True)
class Field:
    """A field of a stream.

    Attributes:
        kind: What it holds.
        description: What that means, where the name does not say it.
        is_documented: Whether the API's documentation has it, so that it can be filtered.
    """

    kind: Kind
    description: str = ""
    is_documented: bool = True

    def schema(self, *, nullable: bool) -> dict[str, Any]:
        """Give its JSON Schema."""
        types = [self.kind.json_type, "null"] if nullable else [self.kind.json_type]
        schema: dict[str, Any] = {"type": types}
        if self.kind is OBJECT:
            schema["additionalProperties"] = True
        if self.description:
            schema["description"] = self.description
        return schema


def as_text(value: Any) -> str:
    """Give the JSON of what should have been a text."""
    return msgspec.json.encode(value).decode()


def as_integer(value: Any) -> int | None:
    """Read a whole number that came in another form.

    Raises:
        ValueError: There is none in it.
    """
    if value == "":
        return None
    if (isinstance(value, float) and value.is_integer()) or is_whole(value):
        return int(value)
    raise ValueError(f"{_quoted(value)} is no whole number")


def is_whole(value: Any) -> bool:
    """Tell whether a value is a whole number, as such or in the digits of a text."""
    return type(value) is int or (isinstance(value, str) and WHOLE.fullmatch(value) is not None)


def as_boolean(value: Any) -> bool | None:
    """Read true or false from 1, 0 and their like.

    Raises:
        ValueError: It is neither.
    """
    if value == "":
        return None
    try:
        return TRUTHS[str(value).lower()]
    except KeyError:
        raise ValueError(f"{_quoted(value)} is neither true nor false") from None


def as_object(value: Any) -> dict[str, Any] | None:
    """Make an object of what PHP and the App-Manager give in place of one.

    A text is JSON in itself; a list is an object whose keys happen to be numbers from 0, or that is
    empty. Anything else is the ``value`` of an object.
    """
    if isinstance(value, str):
        if not value:
            return None
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return {"value": value}
    if isinstance(value, list):
        return {str(number): item for number, item in enumerate(value)}
    return value if value is None or isinstance(value, dict) else {"value": value}


def _quoted(value: Any) -> str:
    return repr(value)[:LONGEST_QUOTE]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


INTEGER = Kind(
    "integer",
    int,
    as_integer,
    ORDERED,
    "digits",
    is_whole,
)
TEXT = Kind("string", str, as_text, MATCHED, "any text", bool)
MOMENT = Kind("string", str, as_text, ORDERED, "a day like 2026-01-31", _is_day)
BOOLEAN = Kind(
    "boolean", bool, as_boolean, EQUAL, "true, false, 1 or 0", lambda text: text.lower() in TRUTHS
)
OBJECT = Kind("object", dict, as_object, MATCHED, "any text", bool)
