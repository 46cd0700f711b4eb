"""API users, and which endpoints they have ordered."""

from __future__ import annotations

from dataclasses import dataclass

REPORTS = "reports"
API = "api"
"""Everything but reports; also to be had in parts."""
LOOKUPS = "lookups"
PRICES = "prices"
CAMPAIGNS = "campaigns"
CUSTOMERS = "customers"

EVERYTHING = frozenset({REPORTS, API})

GROUPS = EVERYTHING | {LOOKUPS, PRICES, CAMPAIGNS, CUSTOMERS}
"""All groups of endpoints there are."""


@dataclass(frozen=True)
class User:
    """One API user."""

    name: str
    secret: str
    groups: frozenset[str]

    def __post_init__(self) -> None:
        """Refuses groups that do not exist.

        Raises:
            ValueError: If one does not.
        """
        if unknown := self.groups - GROUPS:
            raise ValueError(f"no such groups of endpoints: {sorted(unknown)}")

    def may(self, group: str) -> bool:
        """Whether the user may call endpoints of a group."""
        return group in self.groups or (group != REPORTS and API in self.groups)
