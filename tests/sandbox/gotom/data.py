"""What an instance holds, as plain JSON that a test may change while it serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Item = dict[str, Any]


@dataclass
class Campaign:
    """A campaign and what is asked for beside it.

    External ids of flights are the keys of what belongs to flights.
    """

    content: Item
    """The campaign as it is given, flights included."""
    discounts: list[Item] = field(default_factory=list)
    commissions: dict[str, Item] = field(default_factory=dict)
    line_items: dict[str, Item] = field(default_factory=dict)
    sublines: dict[str, list[Item]] = field(default_factory=dict)

    @property
    def external_id(self) -> str:
        """What it is found by, whatever the case."""
        return str(self.content["externalId"])

    @property
    def flights(self) -> list[Item]:
        """Its flights."""
        return self.content.setdefault("flights", [])  # type: ignore[no-any-return]


@dataclass
class Data:
    """Everything but reports."""

    entities: dict[str, list[Item]]
    """Lookup lists by name; one that is missing is unknown to the instance."""
    prices: dict[int, list[Item]]
    """Rate-card prices by tarif; a tarif without an entry has none."""
    customers: list[Item]
    campaigns: list[Campaign] = field(default_factory=list)

    def name_of(self, entity: str, number: int | None) -> str | None:
        """The name behind an id of a lookup list."""
        found = (item["name"] for item in self.entities.get(entity, ()) if item["id"] == number)
        return next(found, None)

    def campaign(self, external_id: str) -> Campaign | None:
        """Finds a campaign; external ids are the same in capitals."""
        wanted = external_id.casefold()
        matching = (item for item in self.campaigns if item.external_id.casefold() == wanted)
        return next(matching, None)
