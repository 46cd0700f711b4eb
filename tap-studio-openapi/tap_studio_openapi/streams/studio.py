"""The studio itself: what it is, and how full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.streams.base import ObjectStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Record

    from tap_studio_openapi.streams.base import Ids


class StudioInformation(ObjectStream):
    """What a studio is; the tap has read it before, to know the studio's id."""

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        return [dict(self.get_studio(ids).row)]


class StudioUtilization(ObjectStream):
    """How many people are in the studio now."""

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        now = self.get_studio(ids).now().isoformat()
        return [{**row, "extracted_at": now} for row in super().fetch(ids)]
