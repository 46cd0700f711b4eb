"""What the caller's company owns: apps, templates, projects, and the companies below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_apparena.streams.collections import Collection
from tap_apparena.streams.entities import APP, COMPANY, PROJECT, TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record


class Apps(Collection):
    """What end customers run."""

    name = "apps"
    path = "/apps"
    primary_keys = ("appId",)
    source = "sourceAppId"
    fields = APP
    relations = ("company", "template", "languages")


class Templates(Collection):
    """What apps inherit from."""

    name = "templates"
    path = "/templates"
    primary_keys = ("templateId",)
    source = "sourceTemplateId"
    fields = TEMPLATE
    relations = ("company", "parentTemplate", "versions", "languages")


class Projects(Collection):
    """The lines of apps, each with its versions."""

    name = "projects"
    path = "/projects"
    primary_keys = ("projectId",)
    source = "sourceProjectId"
    fields = PROJECT
    relations = ("company", "versions")


class Customers(Collection):
    """The companies below the caller's; the streams of a company are read for each of them."""

    name = "customers"
    path = "/customers"
    primary_keys = ("companyId",)
    source = "sourceCompanyId"
    fields = COMPANY
    relations = ("channels",)

    @property
    @override
    def is_parent(self) -> bool:
        return super().is_parent and not self._tap.company_ids

    @override
    def generate_child_contexts(
        self, record: Record, context: Context | None
    ) -> Iterator[Context | None]:
        if self.is_parent:
            yield self.get_child_context(record, context)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if self.children_to_read and self._tap.company_ids:
            contexts: list[Context] = [{self.source: number} for number in self._tap.company_ids]
            for one in self._tap.look_ahead.ahead(contexts, self.start_children):
                self._sync_children(one)
        if self.selected or self.is_parent:
            yield from super().read(context)


class Companies(Collection):
    """All companies of a store."""

    name = "companies"
    path = "/companies"
    primary_keys = ("companyId",)
    source = "sourceCompanyId"
    selected_by_default = False
    fields = COMPANY
    relations = ("channels",)
