"""Invent the contents of records from their JSON schemas, for others to relate to each other."""

from __future__ import annotations

from enum import Enum
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import endpoints, vocabulary

if TYPE_CHECKING:
    from datetime import date

    from tests.sandbox.studio_openapi.endpoints import Schema
    from tests.sandbox.studio_openapi.records import Record

SKETCHES = 12
"""So many different ones are invented of each kind of record."""


class Gaps(Enum):
    """What becomes of fields that the API does not promise."""

    NONE = "they have values"
    MISSING = "they are missing"
    NULL = "they are null"
    MIXED = "any of these"


_GAPS = (Gaps.NONE, Gaps.MISSING, Gaps.NULL)
"""Of the first sketches; the others are mixed."""


def sketch(endpoint: str, number: int, today: date) -> Record:
    """Return the contents of one record, which others may share: it must not be changed.

    Args:
        endpoint: Method and path of an endpoint that answers with such records.
        number: Tells the records of a kind from each other.
        today: Around which dates lie.
    """
    # Turning a little with each round keeps other things that repeat from meeting the same ones.
    return _draw_sketches(endpoint, today)[(number + number // SKETCHES) % SKETCHES]


@cache
def _draw_sketches(endpoint: str, today: date) -> tuple[Record, ...]:
    schema = endpoints.load_endpoints()[endpoint].record
    chance = Random(endpoint)  # noqa: S311 - invented data are no secrets
    kinds = [*_GAPS, *[Gaps.MIXED] * (SKETCHES - len(_GAPS))]
    return tuple(_Draughtsman(chance, gaps, today).value("", schema) for gaps in kinds)


class _Draughtsman:
    """Invents one value with everything below it."""

    def __init__(self, chance: Random, gaps: Gaps, today: date) -> None:
        self._chance = chance
        self._gaps = gaps
        self._today = today

    def value(self, name: str, schema: Schema) -> Any:
        """Invent the value of a field."""
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        match schema["type"]:
            case "object":
                return self._object(schema)
            case "array":
                return [self.value(name, schema["items"]) for _ in range(self._length())]
        return vocabulary.invent_value(name, schema, self._chance, self._today)

    def _object(self, schema: Schema) -> Record:
        promised = schema.get("required", ())
        content = {}
        for name, field in schema.get("properties", {}).items():
            gap = Gaps.NONE if name in promised else self._gap()
            if gap is not Gaps.MISSING:
                content[name] = self.value(name, field) if gap is Gaps.NONE else None
        return content

    def _gap(self) -> Gaps:
        if self._gaps is Gaps.MIXED:
            return self._chance.choice((Gaps.NONE, Gaps.NONE, *_GAPS))
        return self._gaps

    def _length(self) -> int:
        if self._gaps is Gaps.MIXED:
            return self._chance.randrange(3)
        return 1 if self._gaps is Gaps.NONE else 0
