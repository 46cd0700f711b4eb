"""The time by the clocks of servers, which is what their data are dated by.

The clock of this machine may be wrong by minutes or by years. A bookmark in the future hides all
records until then, so that none should be later than the server's own time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from requests import Response

YEARS: Final = range(1970, 9999)
"""The years that a clock may show; others are no time."""


class ServerClock:
    """The time of each server, by the ``Date`` of its latest response. Threads may share it."""

    def __init__(self) -> None:
        """Begin without any response."""
        self._offsets: dict[str, timedelta] = {}

    def observe(self, response: Response) -> None:
        """Remember the time of the server that has sent a response, if it names it."""
        moment = read_date(response)
        if moment is not None:
            host = urlsplit(response.request.url or "").netloc
            self._offsets[host] = moment - datetime.now(UTC)

    def time_at(self, url: str, moment: datetime) -> datetime:
        """Return what the clock of a server shows at a moment of the local clock.

        Args:
            url: An address of the server.
            moment: The moment, with its time zone.

        Returns:
            The moment itself where no response had a `Date`.
        """
        return moment + self._offsets.get(urlsplit(url).netloc, timedelta())


def read_date(response: Response) -> datetime | None:
    """Return when a response was made by the server's clock, None if it has no date."""
    return parse_http_date(response.headers.get("Date", ""))


def parse_http_date(text: str) -> datetime | None:
    """Return the time in a header, None if there is none.

    Source: RFC 9110, section 5.6.7.
    """
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.year not in YEARS:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
