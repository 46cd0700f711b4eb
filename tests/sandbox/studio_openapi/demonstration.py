"""A tenant with studios that are the same each time, for looking at a tap by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi.routes import DEBT_COLLECTION_RUNS

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.studio_open_api import StudioOpenApi

__all__ = ["CUSTOMERS", "DEBT_COLLECTION_RUNS", "STUDIOS", "add_chain", "chain_keys", "fill"]

STUDIOS = {
    "Kiel Nord": "kiel-sandbox",
    "Lübeck Altstadt": "luebeck-sandbox",
    "Hamburg Süd": "hamburg-sandbox",
}
"""Keys by the names of the studios."""
CUSTOMERS = (40, 26, 57)
"""How many each studio has."""
CUSTOMERS_IN_CHAIN = 4
"""How many each studio of a chain has, so that many studios are quick to read."""


def fill(tenant: StudioOpenApi) -> None:
    """Add three studios, in the first of which one member does not allow access."""
    for (name, key), customers in zip(STUDIOS.items(), CUSTOMERS, strict=True):
        tenant.add_studio(key, name, customers=customers)
    first = tenant.studios[0]
    first.opted_out.add(first.id_of(1))


def chain_keys(count: int) -> dict[str, str]:
    """Return the keys of the studios of a chain, by their names."""
    return {f"Studio {number:04}": f"chain-sandbox-{number:04}" for number in range(1, count + 1)}


def add_chain(tenant: StudioOpenApi, count: int) -> dict[str, str]:
    """Add the studios of a chain, which have few customers each.

    Args:
        tenant: Where they are added.
        count: How many.

    Returns:
        Their keys by their names.
    """
    keys = chain_keys(count)
    for name, key in keys.items():
        tenant.add_studio(key, name, customers=CUSTOMERS_IN_CHAIN, checkins_each=2, class_count=2)
    return keys
