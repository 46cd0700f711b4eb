"""The classes, and when they take place.

Source: the API's documentation, section "Classes".
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.errors import AnswerError
from tap_studio_openapi.streams.base import StudioStream
from tap_studio_openapi.streams.slots import LONGEST_WINDOW, SlotStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from singer_sdk.helpers.types import Record


class Classes(StudioStream):
    """The classes that have slots around now and can be booked online."""

    name = "classes"
    path = "/v1/classes"
    scopes = ("CLASSES_READ",)
    slice_size = 100


class ClassSlots(SlotStream):
    """When classes take place in the coming days, and how full they are."""

    name = "class_slots"
    path = "/v1/classes/slots"
    path_of_class = "/v1/classes/{class_id}/slots"
    scopes = ("CLASSES_READ",)
    slice_size = 100

    @override
    def fetch(self, context: Mapping[str, int]) -> Iterable[Record]:
        try:
            return self.slots(context, self.path, LONGEST_WINDOW)
        except AnswerError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return self._by_class(context)

    def _by_class(self, context: Mapping[str, int]) -> Iterator[Record]:
        """Ask for one class after the other, as servers before version 1.7 know no other way."""
        for record in self.rows(context, Classes.path, {}):
            yield from self.rows(context, self.path_of_class.format(class_id=record["id"]), {})
