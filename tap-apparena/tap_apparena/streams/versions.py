"""The versions of each project, which define all configs, infos and languages below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_apparena.streams.entities import VERSION
from tap_apparena.streams.lists import Projects
from tap_apparena.streams.parts import PagedStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record


class Versions(PagedStream):
    """The releases of the projects."""

    name = "versions"
    path = "/projects/{sourceProjectId}/versions"
    primary_keys = ("projectId", "variant")
    parent_stream_type = Projects
    fields = VERSION
    identifiers = ("variant", "version")
    is_ordered = False
    relations = ("company", "project", "languages")

    @override
    def rows(self, context: Context, language: str) -> Iterator[Record]:
        for row in super().rows(context, language):
            variant = row.get("variant") or row.pop("version")
            yield {**row, "projectId": context["sourceProjectId"], "variant": variant}

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context:
        return {"sourceProjectId": record["projectId"], "sourceVersion": record["variant"]}
