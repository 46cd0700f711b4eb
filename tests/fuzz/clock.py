"""A clock by which a tap can wait without taking time.

It has to be imported before the tap is, which keeps the functions that it finds in `time`.
"""

from __future__ import annotations

import threading
import time

REAL_SLEEP_SECONDS = 0.02
"""What a wait takes at most, so that the services get on with what a tap waits for."""

_real_sleep, _real_monotonic = time.sleep, time.monotonic


class _Clock:
    """The time that is shown, which is the real one until waits are skipped."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = threading.Lock()
        self.skips_waits = False

    def monotonic(self) -> float:
        return _real_monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        if not self.skips_waits:
            _real_sleep(seconds)
            return
        end = self.monotonic() + seconds
        _real_sleep(min(seconds, REAL_SLEEP_SECONDS))
        with self._lock:
            self._ahead = max(self._ahead, end - _real_monotonic())


_CLOCK = _Clock()
vars(time).update(sleep=_CLOCK.sleep, monotonic=_CLOCK.monotonic)


def skip_waits() -> None:
    """Let sleeping take no time from now on, but let the monotonic clock advance by it."""
    _CLOCK.skips_waits = True
