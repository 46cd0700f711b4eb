"""The sandbox's goTom, as tests see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.gotom.application import Application
from tests.sandbox.gotom.authentication import API, REPORTS, User
from tests.sandbox.gotom.campaigns import invent_campaign
from tests.sandbox.gotom.seeds import build_data
from tests.sandbox.sandbox import Sandbox, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from tests.sandbox.gotom.data import Campaign
    from tests.sandbox.gotom.reports import Kind, Report


class GoTom(Sandbox):
    """An instance of goTom, with some data.

    Attributes:
        now: The server's clock.
        page_size: Items a page.
        data: What it holds beside reports.
        advertised_url: Base of the URLs in responses; None is what the request was sent to.
        marketer_network: Whether the module that sublines belong to is there.
        users: API users by name.
        reports: Saved reports by kind and number.
    """

    def __init__(self, *, now: Callable[[], datetime] = utc_now, page_size: int = 100) -> None:
        """Prepare an instance without users and reports.

        Args:
            now: The server's clock.
            page_size: Items a page; goTom's API documentation speaks of 100 and of 1000.
        """
        super().__init__(Application(self))
        self.now = now
        self.page_size = page_size
        self.data = build_data()
        self.advertised_url: str | None = None
        self.marketer_network = True
        self.users: dict[str, User] = {}
        self.reports: dict[tuple[Kind, int], Report] = {}

    def add_user(self, name: str, secret: str, groups: Iterable[str] = (REPORTS, API)) -> User:
        """Add an API user, or change one.

        Args:
            name: What it is called.
            secret: What it signs with.
            groups: What it may read: ``reports``, ``api`` for everything else, or of that only
                ``lookups``.
        """
        user = User(name, secret, frozenset(groups))
        self.users[name] = user
        return user

    def add_report(self, number: int, report: Report, kind: Kind = "graph") -> None:
        """Save a report, or replace it."""
        self.reports[kind, number] = report

    def add_campaign(
        self,
        external_id: str,
        *,
        flights: int | Iterable[Mapping[str, Any]] = 2,
        **fields: Any,
    ) -> Campaign:
        """Add a campaign with everything that belongs to it.

        Args:
            external_id: What it is found by.
            flights: How many flights to invent, or which fields of each are not invented; an
                ``externalId`` of None makes a flight of the user interface.
            fields: Fields of the campaign that are not invented.

        Returns:
            The campaign, the contents of which may be changed.
        """
        campaign = invent_campaign(external_id, flights, fields)
        self.data.campaigns.append(campaign)
        return campaign
