"""Make records that fit a stream's schema of what the API sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_apparena import relations
from tap_apparena.errors import UnreadableError
from tap_apparena.personal_data import PERSONAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_apparena.fields import Field

LINKS = "_links"


class Layout:
    """The fields of a stream, with all that makes a value safe."""

    def __init__(
        self,
        fields: Mapping[str, Field],
        keys: Sequence[str],
        related: Sequence[str] = (),
        *,
        with_personal_data: bool = True,
    ) -> None:
        """Choose the fields.

        Args:
            fields: All that the stream can have.
            keys: The primary key.
            related: The relations that are asked for, a field each.
            with_personal_data: Whether fields about persons are among them.
        """
        self.fields = {
            name: field
            for name, field in fields.items()
            if with_personal_data or name not in PERSONAL
        }
        self._keys = keys
        self._related = related
        self._with_personal_data = with_personal_data
        self._left_out = frozenset() if with_personal_data else PERSONAL
        self._nulls = dict.fromkeys([*self.fields, *related])
        self._conversions = [
            (name, field.kind.python_type, field.kind.convert)
            for name, field in self.fields.items()
        ]

    def schema(self) -> dict[str, Any]:
        """Give the JSON Schema of a record."""
        properties = {
            name: field.schema(nullable=name not in self._keys)
            for name, field in self.fields.items()
        }
        properties.update(dict.fromkeys(self._related, relations.SCHEMA))
        return {"type": "object", "properties": properties, "required": list(self._keys)}

    def record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Make a record of a row; fields that it lacks become null, unknown ones stay.

        Raises:
            UnreadableError: A value is not what it should be, or part of the key is missing.
        """
        record = {**self._nulls, **row}
        record.pop(LINKS, None)
        for name in self._left_out & record.keys():
            del record[name]
        for name, python_type, convert in self._conversions:
            value = record[name]
            if value is not None and type(value) is not python_type:
                try:
                    record[name] = convert(value)
                except ValueError as error:
                    raise UnreadableError(f"a row's {name} is wrong: {error}.") from None
        for name in self._related:
            record[name] = relations.safe(record[name], with_personal_data=self._with_personal_data)
        for name in self._keys:
            if record[name] is None:
                raise UnreadableError(f"a row has no {name}, which is part of its key.")
        return record
