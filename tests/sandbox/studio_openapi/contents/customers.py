"""Customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.contents import idle_periods
from tests.sandbox.studio_openapi.sketches import sketch
from tests.sandbox.studio_openapi.vocabulary import FIRST_NAMES, LAST_NAMES, link

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_MEDIUMS = ("CARD_NUMBER", "BARCODE", "PIN")


def invented(studio: Studio, customer_id: int) -> Record:
    """A customer; of some, the number of the house is a number."""
    number = studio.place_of(customer_id)
    drawn = sketch("GET /v1/customers", number, studio.today)
    customer = {
        **drawn,
        "id": customer_id,
        "customerNumber": f"K{studio.place}-{number:05d}",
        "firstName": FIRST_NAMES[number % len(FIRST_NAMES)],
        "lastName": f"{LAST_NAMES[number % len(LAST_NAMES)]}-{number}",
        "status": studio.status_of(customer_id),
        "studioId": studio.id,
        "createdDateTime": moments.zoned(
            moments.at(studio.today, 17, 42).replace(year=studio.today.year - 2, month=2, day=5)
        ),
    }
    if drawn.get("email"):
        customer["email"] = f"member{number}@mail.example"
    if drawn.get("imageUrl"):
        customer["imageUrl"] = link(f"customers/{customer_id}.jpg")
    if drawn.get("houseNumber") and number % 2:
        customer["houseNumber"] = number
    _relate(studio, customer_id, customer)
    return customer


def _relate(studio: Studio, customer_id: int, customer: Record) -> None:
    """Gives ids of their own to what the customer has."""
    if customer.get("idlePeriods"):
        customer["idlePeriods"] = idle_periods.of_customer(studio, customer_id)
    if customer.get("accessMediums"):
        customer["accessMediums"] = [
            {"id": 100 * customer_id + place, "type": kind, "value": f"{customer_id + place:010d}"}
            for place, kind in enumerate(_MEDIUMS)
        ]
    if customer.get("cardNumbers"):
        mediums = customer.get("accessMediums") or []
        cards = [medium["value"] for medium in mediums if medium["type"] == "CARD_NUMBER"]
        customer["cardNumbers"] = cards
    if customer.get("additionalInformationFieldAssignments"):
        customer["additionalInformationFieldAssignments"] = [
            {"additionalInformationFieldId": field["id"], "value": f"{customer_id % 97}"}
            for field in studio.additional_information_fields
        ]
