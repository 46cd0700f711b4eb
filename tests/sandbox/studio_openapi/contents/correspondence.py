"""Documents, benefits and preferences of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import link

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_DOCUMENTS = (1, 0, 3, 0, 75)
"""How many documents customers have, in turn."""
_BENEFITS = ("GUEST_PASS", "SAUNA")
_CATEGORIES = ("CONTRACT", "GENERAL", "APPOINTMENT", "NEWSLETTER", "LOYALTY_PROGRAM")


def documents(studio: Studio, customer_id: int) -> list[Record]:
    """What is filed for a customer."""
    endpoint = "GET /v1/customers/{customerId}/documents"
    count = _DOCUMENTS[studio.place_of(customer_id) % len(_DOCUMENTS)]
    return [
        {
            **sketch(endpoint, customer_id + place, studio.today),
            "id": 100 * customer_id + place,
            "url": link(f"documents/{100 * customer_id + place}.pdf"),
        }
        for place in range(count)
    ]


def benefits(studio: Studio, customer_id: int) -> list[Record]:
    """Which benefits of the integration a customer has."""
    number = studio.place_of(customer_id)
    return [{"key": key, "valid": (number + place) % 2 == 0} for place, key in enumerate(_BENEFITS)]


def communication_preferences(studio: Studio, customer_id: int) -> list[Record]:
    """On which channels a customer wants which messages."""
    endpoint = "GET /v1/communications/{customerId}/communication-preferences"
    return [
        {**sketch(endpoint, customer_id + place, studio.today), "messageCategory": category}
        for place, category in enumerate(_CATEGORIES)
    ]
