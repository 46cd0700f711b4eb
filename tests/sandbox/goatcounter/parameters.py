"""Query parameters, read the way GoatCounter reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tests.sandbox.goatcounter.errors import bad_request_error
from tests.sandbox.goatcounter.timestamps import parse_moment

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Window:
    """A stretch of time, both ends included."""

    start: datetime
    end: datetime


class Parameters:
    """The query of one request."""

    def __init__(self, query: str, known: Collection[str]) -> None:
        """Read a query.

        Args:
            query: The raw query.
            known: Names that the endpoint has.

        Raises:
            ApiError: There is another name.
        """
        self._values = dict(parse_qsl(query))
        for name in self._values:
            if name not in known:
                raise bad_request_error(f'unknown parameter: "{name}"')

    def has(self, name: str) -> bool:
        """Return whether a parameter is given."""
        return name in self._values

    def read_number(self, name: str, default: int) -> int:
        """Return a number."""
        return int(self._values.get(name, default))

    def read_limit(self, default: int, cap: int) -> int:
        """Return the size of a page: at least 1, at most the cap."""
        return min(max(self.read_number("limit", default), 1), cap)

    def read_numbers(self, name: str) -> set[int]:
        """Return the ids in a list."""
        return {int(item) for item in self._values.get(name, "").split(",") if item}

    def read_window(self, now: datetime) -> Window:
        """Return the stretch of time asked for: the last eight days if none is."""
        today = datetime.combine(now.date(), time(), UTC)
        start = self._read_moment("start") or today - timedelta(days=7)
        end = self._read_moment("end") or today + timedelta(days=1, microseconds=-1)
        return Window(start, end)

    def _read_moment(self, name: str) -> datetime | None:
        text = self._values.get(name)
        return parse_moment(text) if text else None
