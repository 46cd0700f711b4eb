"""The clock of a replay."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.goatcounter_captures.recording import Answer

_EARLY, _LATE = timedelta(milliseconds=50), timedelta(milliseconds=550)
"""Places in a window of one second where its rest rounds to 1 and to 0 seconds."""

_STEP = timedelta(milliseconds=10)
_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WAIT = re.compile(r"try again in (-?)(?:(\d+)h)?(?:(\d+)m)?([\d.]+)(ms|s)")
_STARTED = re.compile(r'"created_at": "(\S+?)(\.\d+)Z"')
_PER_SECOND = 4
"""Requests per second, and how the answers tell that it is this limit they speak of."""


class Clock:
    """Sets the time of each request so that the limiter is where the recording found it.

    The recording tells its moments in whole seconds only. The rest follows from what a limit said:
    more requests left than before is a new window, fewer the same one, and the seconds until reset
    tell in which half of it the request came. Only the moment is taken from there; what the sandbox
    then makes of it is compared.
    """

    def __init__(self, start: datetime) -> None:
        """Starts at a moment, with a server just started."""
        self.now = start
        self.unseen = 0
        """Requests that were made just before the next one but are not in the recording."""
        self.restart()

    def restart(self) -> None:
        """The server was restarted, which empties its limiter."""
        self._began: dict[int, datetime] = {}
        self._window = 0
        self._left = 0

    def advance(self, recorded: Answer) -> None:
        """Moves on to the moment of a request."""
        self.unseen = 0
        before = self.now
        earliest = before + _STEP
        self.now = max(earliest, _moment(recorded))
        if "x-rate-limit-limit" not in recorded.headers:
            return
        limit = int(recorded.headers["x-rate-limit-limit"])
        if wait := WAIT.search(recorded.body.decode(errors="replace")):
            end = self._end_of_window(limit, before)
            self.now = end - timedelta(seconds=wait_seconds(wait))
            return
        first = limit not in self._began
        began = self._began.setdefault(limit, self.now)
        if limit == _PER_SECOND:
            self._place(recorded, earliest, began, first=first)

    def _place(self, recorded: Answer, earliest: datetime, began: datetime, *, first: bool) -> None:
        """Places a request in the windows of one second, which follow one another without gaps."""
        left = int(recorded.headers["x-rate-limit-remaining"])
        before = self._left
        if first:
            before = _PER_SECOND
        elif left >= before:
            self._window = max(self._window + 1, (self.now - began) // _SECOND)
            before = _PER_SECOND
        if not first:
            place = _EARLY if recorded.headers["x-rate-limit-reset"] == "1" else _LATE
            self.now = max(earliest, began + self._window * _SECOND + place)
        self.unseen = before - left - 1
        self._left = left

    def _end_of_window(self, limit: int, before: datetime) -> datetime:
        """When a window ends whose limit has refused a request.

        The second limit of the same requests is not told of before it refuses: its window began
        with the first of them, and with the latest if none was recorded.
        """
        if limit == 0:
            return _EPOCH
        if limit == _PER_SECOND:
            self._left = 0
            return self._began[limit] + (self._window + 1) * _SECOND
        return self._began.get(limit, self._began.get(_PER_SECOND, before)) + _HOUR


def _moment(recorded: Answer) -> datetime:
    """When a request came: to the microsecond if it started an export, else to the second."""
    if started := _STARTED.search(recorded.body.decode(errors="replace")):
        return datetime.fromisoformat(f"{started[1]}{started[2][:7]:0<7}+00:00")
    return parsedate_to_datetime(recorded.headers["date"])


def wait_seconds(wait: re.Match[str]) -> float:
    """Seconds in a duration as Go writes it."""
    sign, hours, minutes, number, unit = wait.groups()
    seconds = float(number) / (1000 if unit == "ms" else 1)
    seconds += 3600 * int(hours or 0) + 60 * int(minutes or 0)
    return -seconds if sign else seconds
