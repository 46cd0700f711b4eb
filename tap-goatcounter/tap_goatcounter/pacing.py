"""Stay below the server's rate limits instead of running into them."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from typing_extensions import override

if TYPE_CHECKING:
    import logging

    from requests import PreparedRequest, Response

HOUR = 3600.0
USUAL_HOURLY_LIMIT = 500
LONG_PAUSE = 5.0


class Pacer:
    """Spaces requests so that no second and no hour holds more than the server allows.

    GoatCounter counts requests per client address in fixed windows whose start is unknown here,
    and charges a request somewhere between its sending and its answer. A request is therefore held
    back until the answer that lies a whole allowance before it is older than the window: then no
    window, wherever it starts, can hold one request too many.
    """

    def __init__(self, logger: logging.Logger, *, per_second: int, per_hour: int | None) -> None:
        """Set the allowances.

        Args:
            logger: Where long pauses are announced.
            per_second: Requests per second.
            per_hour: Requests per hour; None where the server has no such limit.
        """
        self._logger = logger
        self._per_second = per_second
        self.per_hour = per_hour
        self._answers: deque[float] = deque()

    def wait(self) -> None:
        """Sleep until the next request may be sent."""
        pause = self._pause(self._per_second, 1.0)
        if self.per_hour:
            pause = max(pause, self._pause(self.per_hour, HOUR))
        if pause > LONG_PAUSE:
            self._logger.info(
                "Waiting %.0f seconds: the server allows %s requests per hour.",
                pause,
                self.per_hour,
            )
        if pause > 0:
            time.sleep(pause)

    def answered(self) -> None:
        """Note that a request was answered, or failed, just now."""
        self._answers.append(time.monotonic())
        if len(self._answers) > max(self._per_second, self.per_hour or USUAL_HOURLY_LIMIT):
            self._answers.popleft()

    def _pause(self, allowance: int, window: float) -> float:
        """Seconds until fewer than `allowance` answers lie within the last `window` seconds."""
        if len(self._answers) < allowance:
            return 0.0
        return self._answers[-allowance] + window - time.monotonic()


class PacedAdapter(HTTPAdapter):
    """Sends every request, repeated ones too, at the pace that a `Pacer` sets."""

    def __init__(self, pacer: Pacer) -> None:
        """Send at the pace of `pacer`."""
        super().__init__()
        self._pacer = pacer

    @override
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        self._pacer.wait()
        try:
            return super().send(request, *args, **kwargs)
        finally:
            self._pacer.answered()
