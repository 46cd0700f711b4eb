"""Campaigns that fit the seeded lookup lists."""

from __future__ import annotations

import itertools
import zlib
from typing import TYPE_CHECKING, Any

from tests.sandbox.gotom.data import Campaign, Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FIRST_LINE_ITEM = 6_120_044_871


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
    content = {**_invent_content(external_id), **(fields or {}), "flights": made}
    known = [flight["externalId"] for flight in made if flight.get("externalId")]
    return Campaign(
        content,
        discounts=_invent_discounts(made),
        commissions={flight: _invent_commission(place) for place, flight in enumerate(known)},
        line_items={
            flight: {"strategyId": "gam-main", "adserverId": _FIRST_LINE_ITEM + place}
            for place, flight in enumerate(known)
        },
        sublines={flight: _invent_sublines() for flight in known},
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


def _invent_content(external_id: str) -> Item:
    return {
        "externalId": external_id,
        "campaignId": 90_000 + zlib.crc32(external_id.encode()) % 10_000,
        "name": f"Frühling «{external_id}»",
        "status": "booking",
        "bookingDate": "2026-02-20",
        "currency": "CHF",
        "campaignTypeId": 2,
        "campaignTypeReference": None,
        "customer": refer_to_company(1),
        "intermediator": None,
        "agency": None,
        "note": None,
        "noteInternal": "",
        "noteReservation": "",
        "pdfInvoiceWithAttachment": True,
        "billingType": 2,
        "salesSupportId": None,
        "salesSupportEmail": None,
        "salesId": 11,
        "salesEmail": "lena.graf@acme.example",
        "commissionStatus": 0,
    }


def _invent_flight(campaign: str, number: int, fields: Mapping[str, Any]) -> Item:
    return {
        "externalId": f"{campaign}-{number}",
        "adServerId": "gam-main",
        "runtime": {
            "start": {"date": "2026-03-01", "time": "00:00"},
            "end": {"date": "2026-03-31", "time": "23:59"},
        },
        "tarifId": 7,
        "mediaId": 1,
        "platformId": 31,
        "channelId": 5,
        "advertisingId": 40,
        "priceTypeId": 1,
        "flightPositionTypeName": "Standard",
        "units": 250_000 * number,
        "bruttoPriceUnit": 38.5,
        "advertisingStatus": "integrated",
        "note": "",
        "noteInternal": "",
        "noteBilling": "",
        "keyValueSets": [_build_key_value_set()],
        "keyValueSetsXandr": [_build_xandr_set()] if number == 1 else [],
        "geoTargetingByZip": {"countryId": "DE", "zipCodes": "78462,78464"},
        "flightTags": [{"id": 3, "name": "Saison"}],
        **fields,
    }


def _build_key_value_set() -> Item:
    values = [{"id": "custom_sport", "label": "sport"}]
    key = {"id": "777", "label": "ressort", "comparisonOperator": 0, "values": values}
    return {"adServerId": "gam-main", "keyValues": [key]}


def _build_xandr_set() -> Item:
    chosen = {
        "id": "1234",
        "name": "ressort",
        "displayName": "Ressort",
        "values": [{"id": "99", "name": "reisen", "displayName": "Reisen"}],
        "comparisonOperator": "0",
        "not": False,
    }
    counted = {"id": "1235", "name": "alter", "numericValue": "30", "comparisonOperator": "3"}
    return {
        "adServerId": "xandr-west",
        "keyValueSets": [{"set": [chosen, counted]}],
        "outerOp": "AND",
        "innerOp": "OR",
    }


def _invent_commission(place: int) -> Item:
    return {
        "bkPercent": 15.0,
        "bkAmount": 0,
        "vmkType": "DBE" if place % 2 else "VMK",
        "vmkPercent": 5.0,
        "vmkAmount": 0,
    }


def _invent_sublines() -> list[Item]:
    return [
        {"platformId": 31, "percentage": 62.5, "note": ""},
        {"platformId": 32, "percentage": 37.5, "note": "Regio"},
    ]


def _invent_discounts(flights: Iterable[Item]) -> list[Item]:
    """Return one discount made by the API and one made in the user interface."""
    names = [flight.get("externalId") for flight in flights]
    numbers = itertools.count(8812)
    return [
        {
            "name": "Frühbucher",
            "externalId": "cd-1",
            "entityId": None,
            "flightDiscounts": [
                {
                    "flightExternalId": name,
                    "externalId": f"fd-{number}",
                    "entityId": None,
                    "amountPercent": 10.0,
                    "amountSum": 0,
                }
                for number, name in enumerate(names, 1)
            ],
        },
        {
            "name": "Kulanz",
            "externalId": None,
            "entityId": 3107,
            "flightDiscounts": [
                {
                    "flightExternalId": None,
                    "externalId": None,
                    "entityId": next(numbers),
                    "amountPercent": 0,
                    "amountSum": 150.0,
                }
                for _ in names
            ],
        },
    ]
