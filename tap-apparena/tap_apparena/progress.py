"""Say at a steady beat how far long work has come."""

from __future__ import annotations

import time

BEAT_SECONDS = 30.0


class Beat:
    """True at most once per `seconds`, so that a loop of any speed logs at the same rate."""

    def __init__(self, seconds: float = BEAT_SECONDS) -> None:
        """Start counting now.

        Args:
            seconds: The least time between two beats.
        """
        self._seconds = seconds
        self._last = time.monotonic()

    def due(self) -> bool:
        """Tell whether it is time to log again."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True
