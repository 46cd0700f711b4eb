"""The rate limiter: windows of fixed length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Limit: TypeAlias = "tuple[int, float] | None"
"""Requests per so many seconds; None is the server's ``none``."""

DEFAULT_LIMITS: Mapping[str, Limit] = {
    "api": (4, 1),
    "api2": (500, 3600),
    "export": (1, 3600),
    "api-count": (60, 120),
}
"""What a server applies that was started without ``-ratelimit``."""

UNLIMITED: Mapping[str, Limit] = {**dict.fromkeys(DEFAULT_LIMITS, (1_000_000, 1)), "api2": None}
"""Limits that no test reaches."""


@dataclass(frozen=True)
class Charge:
    """What the limiter says to one request; `wait` is in seconds until the window ends."""

    limit: int
    remaining: int
    wait: float
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
        """Start with empty windows, under limits that differ from the default."""
        self._limits = {**DEFAULT_LIMITS, **limits}
        self._windows: dict[str, tuple[float, int]] = {}

    def clear(self) -> None:
        """Forget all requests, as a restart of the server does."""
        self._windows.clear()

    def has_limit(self, group: str) -> bool:
        """Return whether a group has a limit at all."""
        return self._limits[group] is not None

    def charge(self, groups: Sequence[str], now: datetime) -> Charge:
        """Charge one request to several groups in turn, and return what the last one says.

        The first that refuses it is the last.
        """
        first, *others = groups
        charge = self._charge(first, now.timestamp())
        if charge.refused or not others:
            return charge
        return self.charge(others, now)

    def _charge(self, group: str, now: float) -> Charge:
        limit = self._limits[group]
        if limit is None:
            # The server then has a limit of none per window of no length, and refuses for ever.
            return Charge(0, 0, -now, refused=True)
        allowed, seconds = limit
        start, used = self._windows.get(group, (now, 0))
        if now >= start + seconds:
            start, used = start + (now - start) // seconds * seconds, 0
        refused = used >= allowed
        used += not refused
        self._windows[group] = start, used
        return Charge(allowed, allowed - used, start + seconds - now, refused=refused)
