"""The versions of each project, which define all configs, infos and languages below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_apparena.page import IdField
from tap_apparena.streams.children import PagedChildStream
from tap_apparena.streams.lists import Projects

if TYPE_CHECKING:
    from collections.abc import Hashable

    from singer_sdk.helpers.types import Context, Record

    from tap_apparena.page import Row


class Versions(PagedChildStream):
    """The releases of the projects."""

    name = "versions"
    path = "/projects/{sourceProjectId}/versions"
    primary_keys = ("projectId", "variant")
    parent_stream_type = Projects
    relations = ("company", "project", "languages")

    @property
    @override
    def id_field(self) -> IdField:
        return IdField(("variant", "version"), id_type=str)

    @override
    def fetch_rows(self, context: Context, language: str) -> list[tuple[Hashable, Row]]:
        return [
            (variant, _with_number(row, context["sourceProjectId"], variant))
            for variant, row in super().fetch_rows(context, language)
        ]

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context:
        return {"sourceProjectId": record["projectId"], "sourceVersion": record["variant"]}


def _with_number(row: Row, project_id: int, variant: Hashable) -> Row:
    """Return a row with its number in one field, and the project that was asked for."""
    fields = {name: value for name, value in row.items() if name != "version"}
    return {**fields, "projectId": project_id, "variant": variant}
