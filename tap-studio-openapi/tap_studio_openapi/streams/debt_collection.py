"""The debt collection runs of the settings. Nothing here marks a run as fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.streams.base import ObjectStream, StudioStream

if TYPE_CHECKING:
    from tap_studio_openapi.streams.base import Ids
    from tap_studio_openapi.studios import Studio


class PerRunStream(StudioStream):
    """A list per run; a studio knows its own runs alone."""

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
