"""A tenant of the Open API, as tests see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.sandbox import Sandbox, utc_now
from tests.sandbox.studio_openapi import moments
from tests.sandbox.studio_openapi.application import Application
from tests.sandbox.studio_openapi.limits import Limit
from tests.sandbox.studio_openapi.studio import Studio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from tests.sandbox.studio_openapi.chunks import Mode
    from tests.sandbox.studio_openapi.quirks import Quirk

NEWEST_DESCRIBED = "1.11.1"
"""The newest version that is documented with all of its fields."""


class StudioOpenApi(Sandbox):
    """A tenant: one host, and a key for each of its studios.

    Attributes:
        version: What the server has of the API.
        latency: Seconds that every answer takes.
        limit: How many requests an endpoint takes.
        modes: What the offset of a chunked endpoint is, by path, where it is no position.
        quirks: What is done to answers, by path.
        contracts_without_status: The contracts that come when no status is asked for; None is all.
        last_day_included: Whether windows of slots include their last day.
        date_header: What answers say that the time is, None for nothing.
    """

    def __init__(
        self,
        *,
        version: str = NEWEST_DESCRIBED,
        latency: float = 0.0,
        limit: Limit | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Make a tenant without studios.

        Args:
            version: What the server has of the API, such as ``1.6.0``.
            latency: Seconds that every answer takes.
            limit: How many requests an endpoint takes; the documented limit if not given.
            now: The server's clock.
        """
        super().__init__(Application(self))
        self.version = version
        self.latency = latency
        self.limit = limit or Limit()
        self.modes: dict[str, Mode] = {}
        self.quirks: dict[str, Quirk] = {}
        self.contracts_without_status: str | None = None
        self.last_day_included = True
        self.date_header: str | None = None
        self.studios: list[Studio] = []
        self.keys: dict[str, Studio] = {}
        self.scopes: dict[str, frozenset[str] | None] = {}
        self._now = now

    def add_studio(
        self,
        key: str,
        name: str | None = None,
        *,
        customers: int = 30,
        scopes: Iterable[str] | None = None,
        **contents: Any,
    ) -> Studio:
        """Add a studio.

        Args:
            key: What opens it.
            name: What it is called.
            customers: How many customers it has, of all statuses together.
            scopes: What the key may read; everything if None.
            contents: Further arguments of :class:`Studio`.

        Returns:
            The studio, the contents of which may be changed.
        """
        place = len(self.studios)
        name = name or f"Kiel Süd {place + 1}"
        studio = Studio(place, name, self.today(), customer_count=customers, **contents)
        self.studios.append(studio)
        self.set_key(key, studio, scopes)
        return studio

    def set_key(self, key: str, studio: Studio, scopes: Iterable[str] | None = None) -> None:
        """Let a key open a studio, with some scopes or with all."""
        self.keys[key] = studio
        self.scopes[key] = None if scopes is None else frozenset(scopes)

    def remove_key(self, key: str) -> None:
        """Let a key open nothing any more."""
        del self.keys[key]

    def today(self) -> date:
        """Return the day where the studios are."""
        return self._now().astimezone(moments.ZONE).date()
