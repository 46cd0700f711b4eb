"""The data of a new instance: small, related, and odd where real data are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.gotom.campaigns import invent_campaign, refer_to_company
from tests.sandbox.gotom.customers import invent_customer
from tests.sandbox.gotom.data import Data
from tests.sandbox.gotom.samples import read_sample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.gotom.data import Item

PLATFORMS = 1203
"""So many that they fill more than a page of either documented size."""
PLATFORM_NAMES = {31: "Bergzeitung", 32: "Seezeitung", 33: 'Magazin "Nord", Ausgabe Süd'}
CUSTOMERS = 130
PRICES = 250
"""Of the first tarif; the second has two and the third none."""

CAMPAIGNS = ("demo-4711", "demo-4712", "Sommer & Seen/2026 ü")
"""External ids; the last one holds a slash, so that no URL leads to it."""


def build_data() -> Data:
    """Return the data, made anew."""
    found = Data(_build_entities(), {}, _invent_customers())
    found.prices = {
        7: [_invent_price(found, 7, number) for number in range(PRICES)],
        8: [_invent_price(found, 8, number) for number in range(2)],
    }
    found.campaigns = [
        invent_campaign(CAMPAIGNS[0]),
        # One flight was duplicated in the user interface, and prices may be text.
        invent_campaign(
            CAMPAIGNS[1],
            [{"bruttoPriceUnit": "41.25", "extraPriceLevelId": 4}, {"externalId": None}],
            {
                "customer": refer_to_company(2),
                "intermediator": refer_to_company(3),
                "agency": refer_to_company(4),
                "salesSupportId": 14,
                "salesSupportEmail": "jonas.weiss@acme.example",
            },
        ),
        invent_campaign(CAMPAIGNS[2]),
    ]
    return found


def _build_entities() -> dict[str, list[Item]]:
    platforms = (
        PLATFORM_NAMES.get(number, f"Plattform {number}") for number in range(1, PLATFORMS + 1)
    )
    return {
        **read_sample("entities"),
        "platform": _number_items(platforms),
        "channel": _number_items(f"Rubrik {number}" for number in range(1, 31)),
    }


def _number_items(names: Iterable[str]) -> list[Item]:
    return [{"id": number, "name": name} for number, name in enumerate(names, 1)]


def _invent_customers() -> list[Item]:
    """Return customers; the last ones were not made by a CRM."""
    usual = [invent_customer(number) for number in range(1, CUSTOMERS - 2)]
    return [
        *usual,
        invent_customer(CUSTOMERS - 2, externalCrmId=None, externalId="ext-1"),
        invent_customer(CUSTOMERS - 1, externalCrmId=None, externalId=None),
        invent_customer(CUSTOMERS, externalCrmId=None, externalId=None, mainAddress=None),
    ]


def _invent_price(found: Data, tarif: int, number: int) -> Item:
    """Return a price; no two of a tarif agree in all that it depends on."""
    ids = {
        "tarif": tarif,
        "company": 2 if number % 2 else None,
        "platform": None if number % 50 == 0 else 31 + number // 30,
        "channel": number % 30 + 1,
        "media": number % 3 + 1,
        "advertising": (40, 41, 52)[number % 3],
        "tarifGroup": 3 if number % 4 == 0 else None,
        "priceType": None if number % 7 == 0 else number % 3 + 1,
        "extraPriceLevel": 4 if number % 6 == 0 else None,
    }
    names = {"company": "Acme Media AG", "tarifGroup": "Netz"}
    item: Item = {}
    for name, value in ids.items():
        item[f"{name}Id"] = value
        known = names.get(name) if value else None
        item[name] = known or (found.find_name(name, value) if name in found.entities else None)
    item["price"] = None if number % 11 == 0 else 12.5 + number / 4
    return item
