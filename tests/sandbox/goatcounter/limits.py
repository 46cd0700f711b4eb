"""The rate limiter: windows of fixed length per client address."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from tests.sandbox.goatcounter.timestamps import SECOND, format_duration

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
    wait_nanoseconds: int
    """Time until the window ends."""
    refused: bool

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with whatever is answered."""
        wait = str(self._wait_seconds)
        headers = {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(self.remaining),
            "X-Rate-Limit-Reset": wait,
        }
        return {**headers, "Retry-After": wait} if self.refused else headers

    @property
    def text(self) -> str:
        """The message that a refused client gets."""
        return f"rate limited exceeded; try again in {format_duration(self.wait_nanoseconds)}"

    @property
    def _wait_seconds(self) -> int:
        whole = (abs(self.wait_nanoseconds) + SECOND // 2) // SECOND
        return whole if self.wait_nanoseconds >= 0 else -whole


class RateLimiter:
    """Counts requests per group and client.

    A window begins with a client's first request; later windows follow one another without a gap,
    however long the client pauses.
    """

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        """Starts with empty windows.

        Args:
            limits: Limits that differ from the default, by group.
        """
        self._limits = {**DEFAULT_LIMITS, **limits}
        self._windows: dict[tuple[str, str], _Window] = {}

    def clear(self) -> None:
        """Forgets all requests, as a restart of the server does."""
        self._windows.clear()

    def charge(self, groups: Sequence[str], client: str, now: datetime) -> Charge:
        """Charges one request to several groups until one of them refuses.

        Args:
            groups: The groups, in the order in which they are charged.
            client: The client's address.
            now: Present moment.

        Returns:
            What the last group charged says.
        """
        charges = (self._charge(group, client, now.timestamp()) for group in groups)
        charge = next(charges)
        while not charge.refused:
            following = next(charges, None)
            if following is None:
                break
            charge = following
        return charge

    def _charge(self, group: str, client: str, now: float) -> Charge:
        limit = self._limits[group]
        if limit is None:
            # The server then has a limit of none per window of no length, and refuses for ever.
            return Charge(0, 0, -round(now * SECOND), refused=True)
        allowed, seconds = limit
        window = self._windows.setdefault((group, client), _Window(now))
        if now >= window.start + seconds:
            window.start += (now - window.start) // seconds * seconds
            window.used = 0
        refused = window.used >= allowed
        if not refused:
            window.used += 1
        wait = round((window.start + seconds - now) * SECOND)
        return Charge(allowed, allowed - window.used, wait, refused=refused)

    def applies(self, group: str) -> bool:
        """Whether a group has a limit at all."""
        return self._limits[group] is not None
