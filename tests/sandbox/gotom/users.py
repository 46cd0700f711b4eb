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


@dataclass(frozen=True)
class User:
    """One API user."""

    name: str
    secret: str
    groups: frozenset[str]

    def may_call(self, group: str) -> bool:
        """Return whether the user may call endpoints of a group."""
        return group in self.groups or (group != REPORTS and API in self.groups)
