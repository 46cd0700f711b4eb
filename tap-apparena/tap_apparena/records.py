"""Make records that fit a stream's schema of what the API sends."""

from __future__ import annotations

from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Any

from tap_apparena import relations
from tap_apparena.errors import UnreadableError
from tap_apparena.personal_data import PERSONAL, without_personal
from tap_apparena.unknown_fields import KEPT_AS, KEPT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tap_apparena.fields import Field
    from tap_apparena.unknown_fields import UnknownFields

LINKS = "_links"

Values = tuple[Any, ...]


class Layout:
    """The fields of a stream, with all that makes a value safe.

    Attributes:
        schema: The JSON Schema of a record.
        names: The names of its fields, in order.
    """

    def __init__(
        self,
        fields: Mapping[str, Field],
        keys: Sequence[str],
        related: Sequence[str] = (),
        *,
        with_personal_data: bool = True,
        with_unknown: bool = False,
    ) -> None:
        """Choose the fields.

        Args:
            fields: All that the stream can have.
            keys: The primary key.
            related: The relations that are asked for, a field each.
            with_personal_data: Whether fields about persons are among them.
            with_unknown: Whether a field is to hold the unknown ones.
        """
        wanted = {
            name: field
            for name, field in fields.items()
            if with_personal_data or name not in PERSONAL
        }
        safe = partial(relations.safe, with_personal_data=with_personal_data)
        self._conversions: list[tuple[str, type, Callable[[Any], Any]]] = [
            *((name, field.kind.python_type, field.kind.convert) for name, field in wanted.items()),
            *((name, NoneType, safe) for name in related),
        ]
        self._keys = keys
        self._asked = (*wanted, *related)
        self._known = frozenset(self._asked) | {LINKS}
        self._left_out = frozenset() if with_personal_data else PERSONAL
        self._with_unknown = with_unknown
        self._fitting: set[Values] = set()
        self.names = (*self._asked, *([KEPT_AS] if with_unknown else []))
        self.schema: dict[str, Any] = {
            "type": "object",
            "properties": {
                **{name: field.schema(nullable=name not in keys) for name, field in wanted.items()},
                **dict.fromkeys(related, relations.SCHEMA),
                **({KEPT_AS: KEPT_SCHEMA} if with_unknown else {}),
            },
            "required": list(keys),
        }

    def record(self, row: Mapping[str, Any], unknown_fields: UnknownFields) -> dict[str, Any]:
        """Make a record of a row, as `values` does."""
        return dict(zip(self.names, self.values(row, unknown_fields), strict=True))

    def values(self, row: Mapping[str, Any], unknown_fields: UnknownFields) -> Values:
        """Give what a row holds, in the order of `names`; fields that it lacks become null.

        Most rows need no conversion, which shows in the types of their values: each combination of
        types that has turned out to fit is known from then on.

        Raises:
            UnreadableError: A value is not what it should be, or part of the key is missing.
            UnknownFieldsError: There are unknown fields, and the settings want none.
        """
        values = tuple(map(row.get, self._asked))
        types = tuple(map(type, values))
        if types not in self._fitting:
            converted = self._converted(values)
            if all(map(_is_same, values, converted)):
                self._fitting.add(types)
            values = converted
        unknown = None if row.keys() <= self._known else self._unknown(row)
        if unknown:
            unknown_fields.meet(unknown)
        return (*values, unknown) if self._with_unknown else values

    def _converted(self, values: Values) -> Values:
        converted = []
        for (name, python_type, convert), value in zip(self._conversions, values, strict=True):
            fits = value is None or type(value) is python_type
            try:
                converted.append(value if fits else convert(value))
            except ValueError as error:
                raise UnreadableError(f"a row's {name} is wrong: {error}.") from None
            if converted[-1] is None and name in self._keys:
                raise UnreadableError(f"a row has no {name}, which is part of its key.")
        return tuple(converted)

    def _unknown(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        names = row.keys() - self._known - self._left_out
        unknown = {name: row[name] for name in sorted(names)}
        return (without_personal(unknown) if self._left_out else unknown) or None


def _is_same(one: object, other: object) -> bool:
    return one is other
