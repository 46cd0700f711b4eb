"""A tenant with studios that are the same each time, for looking at a tap by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import offers

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.studio_open_api import StudioOpenApi

STUDIOS = {
    "Kiel Nord": "kiel-sandbox",
    "Lübeck Altstadt": "luebeck-sandbox",
    "Hamburg Süd": "hamburg-sandbox",
}
"""Keys by the names of the studios."""
DEBT_COLLECTION_RUNS = offers.DEBT_COLLECTION_RUNS
CUSTOMERS = (40, 26, 57)
"""How many each studio has."""


def fill(tenant: StudioOpenApi) -> None:
    """Adds three studios, in the first of which one member does not allow access."""
    for (name, key), customers in zip(STUDIOS.items(), CUSTOMERS, strict=True):
        tenant.add_studio(key, name, customers=customers)
    first = tenant.studios[0]
    first.opted_out.add(first.id_of(1))
