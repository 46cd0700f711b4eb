"""The rate limiter: windows of fixed length."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Limit: TypeAlias = "tuple[int, float] | None"
"""Requests per so many seconds; None is the server's ``none``."""

DEFAULT_LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "api": (4, 1),
        "api2": (500, 3600),
        "export": (1, 3600),
        "api-count": (60, 120),
    },
)
"""What a server applies that was started without ``-ratelimit``."""

UNLIMITED: Mapping[str, Limit] = MappingProxyType(
    {
        "api": (1_000_000, 1),
        "api2": None,
        "export": (1_000_000, 1),
        "api-count": (1_000_000, 1),
    },
)
"""Limits that no test reaches."""


@dataclass
class _Window:
    start: float
    used: int = 0


@dataclass(frozen=True)
class Charge:
    """What the limiter says to one request."""

    limit: int
    remaining: int
    wait: float
    """Seconds until the window ends."""
    refused: bool

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with the response."""
        wait = str(round(self.wait))
        headers = {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(self.remaining),
            "X-Rate-Limit-Reset": wait,
        }
        return {**headers, "Retry-After": wait} if self.refused else headers


class RateLimiter:
    """Counts requests per group.

    A window begins with the first request; later windows follow one another without a gap.
    """

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        """Start with empty windows.

        Args:
            limits: Limits that differ from the default, by group.
        """
        self._limits = {**DEFAULT_LIMITS, **limits}
        self._windows: dict[str, _Window] = {}

    def clear(self) -> None:
        """Forget all requests, as a restart of the server does."""
        self._windows.clear()

    def has_limit(self, group: str) -> bool:
        """Return whether a group has a limit at all."""
        return self._limits[group] is not None

    def charge(self, groups: Sequence[str], now: datetime) -> Charge:
        """Charge one request to several groups until one of them refuses.

        Args:
            groups: The groups, in the order in which they are charged.
            now: Present moment.

        Returns:
            What the last group charged says.
        """
        charge = self._charge(groups[0], now.timestamp())
        for group in groups[1:]:
            if charge.refused:
                break
            charge = self._charge(group, now.timestamp())
        return charge

    def _charge(self, group: str, now: float) -> Charge:
        limit = self._limits[group]
        if limit is None:
            # The server then has a limit of none per window of no length, and refuses for ever.
            return Charge(0, 0, -now, refused=True)
        allowed, seconds = limit
        window = self._windows.setdefault(group, _Window(now))
        if now >= window.start + seconds:
            window.start += (now - window.start) // seconds * seconds
            window.used = 0
        refused = window.used >= allowed
        window.used += not refused
        wait = window.start + seconds - now
        return Charge(allowed, allowed - window.used, wait, refused=refused)
