"""What lies in the coming days, asked for in the short windows that the API takes.

Source: the API's documentation, parameters ``slotWindowStartDate`` and ``daysAhead``.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from itertools import product
from typing import TYPE_CHECKING, ClassVar

from tap_studio_openapi.errors import AnswerError
from tap_studio_openapi.personal_data import PERSONAL
from tap_studio_openapi.streams.base import StudioStream
from tap_studio_openapi.windows import today, windows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from singer_sdk.helpers.types import Record

LONGEST_WINDOW = 6


class SlotStream(StudioStream):
    """A stream of slots, with instructors in them.

    Attributes:
        fewest_days: The smallest ``daysAhead`` that the API takes.
    """

    fewest_days: ClassVar[int] = 0
    personal = PERSONAL

    def slots(self, context: Mapping[str, int], path: str, *sizes: int) -> list[Record]:
        """Ask for the slots of the coming days.

        Where the server refuses, it may be tomorrow already where the studio is, or the studio
        may be set to shorter windows.

        Args:
            context: The ids that lead to them.
            path: Where they are.
            sizes: The windows to try, each by the days that it may end after it has begun.

        Raises:
            AnswerError: The server takes none.
        """
        first_days = (today(), today() + timedelta(1))
        attempts = list(product(first_days, sizes))
        for first, most_ahead in attempts[:-1]:
            try:
                return self._in_windows(context, path, first, most_ahead)
            except AnswerError as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise
        return self._in_windows(context, path, *attempts[-1])

    def _in_windows(
        self, context: Mapping[str, int], path: str, first: date, most_ahead: int
    ) -> list[Record]:
        last = first + timedelta(max(self.config["class_slot_days"], self.fewest_days))
        found: list[Record] = []
        for window in windows(first, last, most_ahead):
            days = {
                "slotWindowStartDate": window.first.isoformat(),
                "daysAhead": window.days_ahead,
            }
            found += self.rows(context, path, days)
        return found
