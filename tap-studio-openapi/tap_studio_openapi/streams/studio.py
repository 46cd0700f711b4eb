"""The studio itself: what it is, how full, and its debt collection runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.streams.base import ObjectStream, StudioStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Record

    from tap_studio_openapi.streams.base import Ids
    from tap_studio_openapi.studios import Studio


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


class PerRunStream(StudioStream):
    """A list per debt collection run of the settings; a studio knows its own runs alone.

    Nothing here marks a run as fetched.
    """

    has_partitions = True
    is_sparse = True

    @override
    def build_partitions(self, studio: Studio) -> list[Ids]:
        return [
            {"studio_id": studio.id, "debt_collection_run_id": run_id}
            for run_id in self.config.get("debt_collection_run_ids") or ()
        ]


class ObjectPerRunStream(PerRunStream, ObjectStream):
    """An object per run."""
