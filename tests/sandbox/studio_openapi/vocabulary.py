"""What single fields may hold, judged by their names."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import moments

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from tests.sandbox.studio_openapi.endpoints import Schema

SIGNATURE = "@signature@"
"""Stands in links for what makes them expire; replaced on every read."""

FIRST_NAMES = ("Marlene", "Jürgen", "Zoë", "Łukasz", "Aylin", "Renée", "Søren", "D'Arcy", "小林")
LAST_NAMES = ("Okafor", "Weiß", "Lindqvist", "Kara", "O'Neill", "Müller-Kölln", "Żak", "Vogt")
STREETS = ("Lindenring", "Große Straße", "Rue de l'Église", "Werftweg")
CITIES = ("Kiel", "München", "Zürich", "Łódź")

_WORDS: Mapping[str, tuple[Any, ...]] = {
    "firstName": FIRST_NAMES,
    "secondFirstName": FIRST_NAMES,
    "lastName": LAST_NAMES,
    "secondLastName": LAST_NAMES,
    "publicName": FIRST_NAMES,
    "accountHolder": ("Marlene Okafor", "Jürgen Weiß"),
    "street": STREETS,
    "secondStreet": STREETS,
    "city": CITIES,
    "country": ("DE", "AT", "CH"),
    "countryCode": ("DE", "AT", "CH"),
    "countryOfBirth": ("DE", "TR", "PL"),
    "bankCountryCode": ("DE",),
    "currency": ("EUR", "CHF"),
    "languageCode": ("de", "en", "tr"),
    "name": ("Sauna & Spa", "Rücken fit 💪", "Frühaufsteher", "Premium"),
    "title": ("Indoor Cycling", "Rückenschule", "Zumba® 💃", "HIIT / Cardio"),
    "description": ("Für alle, die früh aufstehen", "Line one\nline two", 'The "big" one 💪'),
    "category": ("Cardio", "Rücken", "Beratung"),
    "rateName": ("Flex 12", "Größe XL", "Student 24 🎓"),
    "employeeCompetences": ("Cycling", "Ernährung", "Rehabilitation"),
    "key": ("SAUNA", "GUEST_PASS"),
    "dunningLevel": ("Mahnstufe 1", "Mahnstufe 2"),
    "formattedPaymentFrequency": ("34,90 € / Monat", "once"),
    "sex": ("F", "M", "D"),
    "provinceCode": ("SH", "BY"),
    "dayOfMonth": (1, 15),
    "timeFrom": ("06:00:00", "09:00:00"),
    "timeTo": ("21:30:00", "23:00:00"),
    "website": ("https://studio.example",),
    "fileName": ("Vertrag.pdf", "Zusatz (neu).pdf"),
}
_TEXTS = ("Kiel", "Süd", "A/B & C", "0012", "Größe «M»", "🏋️", "x\ty", "1.5")


def invent_value(name: str, schema: Schema, chance: Random, today: date) -> Any:
    """Invent the value of a field that is neither an object nor an array.

    Args:
        name: What the field is called.
        schema: Its JSON schema.
        chance: Where randomness comes from.
        today: Around which dates lie.
    """
    if name in _WORDS:
        return chance.choice(_WORDS[name])
    value: Any
    match schema["type"], schema.get("format"):
        case "boolean", _:
            value = chance.random() < 0.5
        case "integer", size:
            value = chance.randrange(1, 10**7 if size == "int64" else 40)
        case "number", _:
            value = chance.choice((0, chance.randrange(100, 20_000) / 100, 1234.5))
        case _, "date":
            value = _invent_date(name, chance, today).isoformat()
        case _, "date-time":
            value = _invent_moment(name, chance, today)
        case _:
            value = _invent_text(name, chance)
    return value


def _invent_date(name: str, chance: Random, today: date) -> date:
    days = chance.randrange(1, 300)
    if "birth" in name.lower():
        return today - timedelta(18 * 366 + 40 * days)
    return today + timedelta(days if name.startswith(("end", "to", "available")) else -days)


def _invent_moment(name: str, chance: Random, today: date) -> str:
    day = _invent_date(name, chance, today)
    moment = moments.to_moment(day, chance.randrange(6, 22), chance.randrange(60))
    match name:
        case "dateTimeFrom" | "dateTimeTo":
            return moment.replace(tzinfo=None).isoformat()
        case "checkInDateTime" | "checkOutDateTime" | "modifiedDateTime":
            return moments.format_with_offset(moment)
    return moments.format_zoned(moment)


def _invent_text(name: str, chance: Random) -> str:
    number = chance.randrange(10_000)
    match name.lower():
        case lower if lower.endswith("url"):
            text = make_link(f"{lower.removesuffix('url') or 'file'}/{number}")
        case "email":
            text = f"member{number}@mail.example"
        case lower if lower.startswith(("phone", "telephone")):
            text = f"+49 431 {number:06d}"
        case "uuid" | "debtid":
            text = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        case "zip" | "zipcode" | "postalcode":
            text = f"{number:05d}"
        case "iban":
            text = f"DE{number:020d}"
        case _:
            text = f"{chance.choice(_TEXTS)} {number}"
    return text


def make_link(path: str) -> str:
    """Return a link that expires."""
    return f"https://files.studio.example/{path}?signature={SIGNATURE}"
