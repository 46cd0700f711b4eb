"""How the server refuses requests by its limits."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class _Counter:
    """The requests to one endpoint in the running minute."""

    began: float
    count: int = 0
    denied_until: float = 0.0


@dataclass
class Limit:
    """How many requests an endpoint takes; the documented limit is the default.

    A request too many is followed by a minute without any.

    Whether one key's requests count against another's is not documented, nor is ``Retry-After``.
    """

    per_minute: float = 1000
    shared: bool = False
    """Whether all keys of the tenant share a counter."""
    retry_after: bool = False
    """Whether a denial says for how many seconds it stands."""
    minute: float = 60.0
    """Seconds that a minute has; tests have less time."""
    denied: int = 0
    """Requests denied so far."""
    _counters: dict[tuple[str, str], _Counter] = field(default_factory=dict, repr=False)

    def count(self, key: str, path: str) -> float:
        """Count a request, and return for how many seconds no more are taken; 0 if it is taken.

        Args:
            key: What it was sent with.
            path: The endpoint's, with names for variable parts.
        """
        now = time.monotonic()
        name = ("" if self.shared else key, path)
        counter = self._counters.setdefault(name, _Counter(now))
        if now - counter.began >= self.minute:
            counter.began, counter.count = now, 0
        counter.count += 1
        if counter.count > self.per_minute and counter.denied_until <= now:
            counter.denied_until = now + self.minute
        if counter.denied_until <= now:
            return 0.0
        self.denied += 1
        return counter.denied_until - now
