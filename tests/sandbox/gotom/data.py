"""What an instance holds, as plain JSON that a test may change while it serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Item = dict[str, Any]


@dataclass
class Campaign:
    """A campaign and what is asked for beside it; the keys are external ids of flights.

    Attributes:
        content: The campaign as it is sent, flights included.
        discounts: Its discounts.
        commissions: The commissions of each flight.
        line_items: The line item of each flight.
        sublines: The sublines of each flight.
    """

    content: Item
    discounts: list[Item] = field(default_factory=list)
    commissions: dict[str, Item] = field(default_factory=dict)
    line_items: dict[str, Item] = field(default_factory=dict)
    sublines: dict[str, list[Item]] = field(default_factory=dict)

    @property
    def external_id(self) -> str:
        """What it is found by, in capitals or not."""
        return str(self.content["externalId"])

    @property
    def flights(self) -> list[Item]:
        """Its flights."""
        return self.content.setdefault("flights", [])  # type: ignore[no-any-return]


@dataclass
class Data:
    """Everything but reports.

    Attributes:
        entities: Lookup lists by name; one that is missing is unknown to the instance.
        prices: Rate-card prices by tarif; a tarif without an entry has none.
        customers: The companies.
        campaigns: The campaigns.
    """

    entities: dict[str, list[Item]]
    prices: dict[int, list[Item]]
    customers: list[Item]
    campaigns: list[Campaign] = field(default_factory=list)

    def find_name(self, entity: str, number: int | None) -> str | None:
        """Return the name behind an id of a lookup list."""
        found = (item["name"] for item in self.entities.get(entity, ()) if item["id"] == number)
        return next(found, None)

    def find_campaign(self, external_id: str) -> Campaign | None:
        """Return a campaign; external ids are the same in capitals."""
        wanted = external_id.casefold()
        matching = (item for item in self.campaigns if item.external_id.casefold() == wanted)
        return next(matching, None)
