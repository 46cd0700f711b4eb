"""The classes, and when they take place.

Source: the API's documentation, section "Classes".
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.errors import AnswerError
from tap_studio_openapi.personal_data import PERSONAL
from tap_studio_openapi.streams.base import StudioStream
from tap_studio_openapi.windows import today, windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Record

LONGEST_WINDOW = 6


class Classes(StudioStream):
    """The classes that have slots around now and can be booked online."""

    name = "classes"
    path = "/v1/classes"
    scopes = ("CLASSES_READ",)
    slice_size = 100


class ClassSlots(StudioStream):
    """When classes take place in the coming days, and how full they are."""

    name = "class_slots"
    path = "/v1/classes/slots"
    path_of_class = "/v1/classes/{class_id}/slots"
    scopes = ("CLASSES_READ",)
    slice_size = 100
    personal = PERSONAL

    @override
    def fetch(self, context: Mapping[str, int]) -> Iterator[Record]:
        first = today()
        last = first + timedelta(self.config["class_slot_days"])
        try:
            for window in windows(first, last, LONGEST_WINDOW):
                days = {
                    "slotWindowStartDate": window.first.isoformat(),
                    "daysAhead": window.days_ahead,
                }
                yield from self.rows(context, self.path, days)
        except AnswerError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            yield from self._by_class(context)

    def _by_class(self, context: Mapping[str, int]) -> Iterator[Record]:
        """Ask for one class after the other, as servers before version 1.7 know no other way."""
        for record in self.rows(context, Classes.path, {}):
            yield from self.rows(context, self.path_of_class.format(class_id=record["id"]), {})
