"""Invent the contents of records from their JSON schemas, for others to relate to each other."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import endpoints, moments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.sandbox.studio_openapi.endpoints import Schema
    from tests.sandbox.studio_openapi.records import Record

SKETCHES = 12
"""So many different ones are invented of each kind of record."""
FULL, MISSING, NULL = "values", "missing", "null"
"""What fields have that the API does not promise: those of the first sketches each one of these,
those of the others any."""

FIRST_NAMES = ("Marlene", "Jürgen", "Zoë", "Łukasz", "Aylin", "Renée", "Søren", "D'Arcy", "小林")
LAST_NAMES = ("Okafor", "Weiß", "Lindqvist", "Kara", "O'Neill", "Müller-Kölln", "Żak", "Vogt")
WORDS: Mapping[str, tuple[str, ...]] = {
    "firstName": FIRST_NAMES,
    "lastName": LAST_NAMES,
    "street": ("Lindenring", "Große Straße", "Rue de l'Église", "Werftweg"),
    "city": ("Kiel", "München", "Zürich", "Łódź"),
    "country": ("DE", "AT", "CH"),
    "countryCode": ("DE", "AT", "CH"),
    "currency": ("EUR", "CHF"),
    "name": ("Sauna & Spa", "Rücken fit 💪", "Frühaufsteher", "Premium"),
    "title": ("Indoor Cycling", "Rückenschule", "Zumba® 💃", "HIIT / Cardio"),
    "description": ("Für alle, die früh aufstehen", "Line one\nline two", 'The "big" one 💪'),
    "rateName": ("Flex 12", "Größe XL", "Student 24 🎓"),
}
TEXTS = ("Kiel", "Süd", "A/B & C", "0012", "Größe «M»", "🏋️", "x\ty", "1.5")


def draw(
    path: str, today: date, ids: Iterable[int | str], key: str = "id", first: int = 0
) -> list[Record]:
    """Return a record for each id.

    Args:
        path: The endpoint that answers with such records.
        today: Around which dates lie.
        ids: What tells the records from each other.
        key: The field that holds it.
        first: Of which sketch the first one is.
    """
    return [{**sketch(path, place, today), key: number} for place, number in enumerate(ids, first)]


def sketch(path: str, number: int, today: date) -> Record:
    """Return the contents of one record, parts of which others share: change only what is on top.

    Args:
        path: The endpoint that answers with such records.
        number: Tells the records of a kind from each other.
        today: Around which dates lie.
    """
    # Turning a little with each round keeps other things that repeat from meeting the same ones.
    return dict(_draw_sketches(path, today)[(number + number // SKETCHES) % SKETCHES])


@cache
def _draw_sketches(path: str, today: date) -> tuple[Record, ...]:
    schema = endpoints.load_endpoints()[path].record
    chance = Random(path)  # noqa: S311 - invented data are no secrets
    kinds = (FULL, MISSING, NULL, *[None] * (SKETCHES - 3))
    return tuple(_Draughtsman(chance, kind, today).value("", schema) for kind in kinds)


class _Draughtsman:
    """Invents one value with everything below it."""

    def __init__(self, chance: Random, kind: str | None, today: date) -> None:
        self._chance = chance
        self._kind = kind
        self._today = today

    def value(self, name: str, schema: Schema) -> Any:
        """Invent the value of a field."""
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        if name in WORDS:
            return self._chance.choice(WORDS[name])
        found: Any
        match schema["type"]:
            case "object":
                found = self._object(schema)
            case "array":
                found = [self.value(name, schema["items"]) for _ in range(self._length())]
            case "boolean":
                found = self._chance.random() < 0.5
            case "integer":
                found = self._chance.randrange(1, 28)
            case "number":
                found = self._chance.choice((0, self._chance.randrange(100, 20_000) / 100))
            case _:
                found = self._text(name, schema.get("format"))
        return found

    def _object(self, schema: Schema) -> Record:
        promised = schema.get("required", ())
        content = {}
        for name, field in schema.get("properties", {}).items():
            kind = FULL if name in promised else self._kind or self._choose_kind()
            if kind != MISSING:
                content[name] = self.value(name, field) if kind == FULL else None
        return content

    def _choose_kind(self) -> str:
        return self._chance.choice((FULL, FULL, FULL, MISSING, NULL))

    def _length(self) -> int:
        return self._chance.randrange(3) if self._kind is None else int(self._kind == FULL)

    def _text(self, name: str, form: str | None) -> str:
        number = self._chance.randrange(10_000)
        match form, name.lower():
            case "date", _:
                text = self._date(name).isoformat()
            case "date-time", _:
                text = self._moment(name)
            case "time", _:
                text = f"{number % 24:02}:30:00"
            case _, lower if lower.endswith("url"):
                text = f"https://files.studio.example/{lower}/{number}"
            case _, "email":
                text = f"member{number}@mail.example"
            case _, lower if lower.startswith(("phone", "telephone")):
                text = f"+49 431 {number:06d}"
            case _:
                text = f"{self._chance.choice(TEXTS)} {number}"
        return text

    def _date(self, name: str) -> date:
        days = self._chance.randrange(1, 300)
        if "birth" in name.lower():
            return self._today - timedelta(18 * 366 + 40 * days)
        return self._today + timedelta(days if name.startswith("end") else -days)

    def _moment(self, name: str) -> str:
        moment = moments.to_moment(self._date(name), self._chance.randrange(6, 22))
        match name:
            case "dateTimeFrom" | "dateTimeTo":
                return moment.replace(tzinfo=None).isoformat()
            case "modifiedDateTime":
                return moments.format_with_offset(moment)
        return moments.format_zoned(moment)
