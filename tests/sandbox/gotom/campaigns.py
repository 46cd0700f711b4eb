"""Campaigns that fit the seeded lookup lists."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from tests.sandbox.gotom.data import Campaign, Item
from tests.sandbox.gotom.samples import read_sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_FIRST_LINE_ITEM = 6_120_044_871
_FIRST_DISCOUNT = 8_812


def invent_campaign(
    external_id: str,
    flights: int | Iterable[Mapping[str, Any]] = 2,
    fields: Mapping[str, Any] | None = None,
) -> Campaign:
    """Return a campaign with flights, discounts, commissions, line items and sublines.

    Args:
        external_id: What it is found by.
        flights: How many flights to invent, or which fields of each are not invented.
        fields: Fields of the campaign that are not invented.
    """
    given = [{}] * flights if isinstance(flights, int) else flights
    made = [_invent_flight(external_id, number, own) for number, own in enumerate(given, 1)]
    content = {
        "externalId": external_id,
        "campaignId": 90_000 + zlib.crc32(external_id.encode()) % 10_000,
        "name": f"Frühling «{external_id}»",
        **read_sample("campaign"),
        **(fields or {}),
        "flights": made,
    }
    names = [flight["externalId"] for flight in made]
    known = [name for name in names if name]
    return Campaign(
        content,
        discounts=_invent_discounts(names),
        commissions={flight: read_sample("commission") for flight in known},
        line_items={
            flight: {"strategyId": "gam-main", "adserverId": _FIRST_LINE_ITEM + place}
            for place, flight in enumerate(known)
        },
        sublines={flight: read_sample("sublines") for flight in known},
    )


def refer_to_company(number: int) -> Item:
    """Return how a campaign names its customer, intermediator or agency."""
    return {
        "entityId": 5500 + number,
        "entityExternalCrmId": f"crm-{number}",
        "addressId": 76 + number,
        "addressExternalCrmId": f"adr-{number}",
        "personId": None,
    }


def _invent_flight(campaign: str, number: int, fields: Mapping[str, Any]) -> Item:
    own = {"externalId": f"{campaign}-{number}", "units": 250_000 * number}
    return {**own, **read_sample("flight"), **fields}


def _invent_discounts(flights: Sequence[str | None]) -> list[Item]:
    """Return one discount made by the API and one made in the user interface."""
    by_api = [
        {
            "flightExternalId": flight,
            "externalId": f"fd-{number}",
            "entityId": None,
            "amountPercent": 10.0,
            "amountSum": 0,
        }
        for number, flight in enumerate(flights, 1)
    ]
    by_hand = [
        {
            "flightExternalId": None,
            "externalId": None,
            "entityId": number,
            "amountPercent": 0,
            "amountSum": 150.0,
        }
        for number, _ in enumerate(flights, _FIRST_DISCOUNT)
    ]
    return [
        {
            "name": "Frühbucher",
            "externalId": "cd-1",
            "entityId": None,
            "flightDiscounts": by_api,
        },
        {"name": "Kulanz", "externalId": None, "entityId": 3107, "flightDiscounts": by_hand},
    ]
