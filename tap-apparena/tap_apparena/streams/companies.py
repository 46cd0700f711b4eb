"""What belongs to each company: users, channels, apps, templates, projects, customers.

For the caller's own company, the last four repeat the streams of the same names.
Source: the API's documentation, chapter "Companies".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_apparena.streams.entities import (
    APP,
    CHANNEL,
    COMPANY,
    FROM_APP,
    FROM_COMPANY,
    PROJECT,
    TEMPLATE,
    USER,
)
from tap_apparena.streams.lists import Apps, Customers
from tap_apparena.streams.parts import PagedStream, PartStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_apparena.bodies import Page
    from tap_apparena.client import Parameters
    from tap_apparena.tap import TapAppArena


class AppChannels(PartStream):
    """Where each app is published."""

    name = "app_channels"
    path = "/apps/{sourceAppId}/channels"
    primary_keys = ("sourceAppId", "channelId")
    parent_stream_type = Apps
    fields = FROM_APP | CHANNEL
    identifiers = ("channelId",)


class CompanyChannels(PartStream):
    """Where each company can publish apps; the one list that has nothing around its records."""

    name = "company_channels"
    path = "/companies/{sourceCompanyId}/channels"
    primary_keys = ("sourceCompanyId", "channelId")
    parent_stream_type = Customers
    fields = FROM_COMPANY | CHANNEL
    identifiers = ("channelId",)

    @override
    def read_page(self, body: Any) -> Page:
        return super().read_page(body or [])


class CompanyUsers(PagedStream):
    """Who has a login."""

    name = "company_users"
    path = "/companies/{sourceCompanyId}/users"
    primary_keys = ("userId",)
    parent_stream_type = Customers
    fields = FROM_COMPANY | USER
    identifiers = ("userId",)
    is_ordered = False

    @override
    def __init__(self, tap: TapAppArena) -> None:
        super().__init__(tap)
        self._given: set[int] = set()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        """Read the users of a company, but none whom another company had as well."""
        for record in super().read(context):
            if record["userId"] not in self._given:
                self._given.add(record["userId"])
                yield record

    @override
    def paging(self, number: int, *, descending: bool) -> Parameters:
        """Give the parameters that ask for a page, the first of which is all by default."""
        return super().paging(number, descending=descending) if number > 1 else []


class CompanyApps(PagedStream):
    """The apps of each company."""

    name = "company_apps"
    path = "/companies/{sourceCompanyId}/apps"
    primary_keys = ("sourceCompanyId", "appId")
    parent_stream_type = Customers
    fields = FROM_COMPANY | APP
    identifiers = ("appId",)


class CompanyTemplates(PagedStream):
    """The templates of each company."""

    name = "company_templates"
    path = "/companies/{sourceCompanyId}/templates"
    primary_keys = ("sourceCompanyId", "templateId")
    parent_stream_type = Customers
    fields = FROM_COMPANY | TEMPLATE
    identifiers = ("templateId",)


class CompanyProjects(PagedStream):
    """The projects of each company."""

    name = "company_projects"
    path = "/companies/{sourceCompanyId}/projects"
    primary_keys = ("sourceCompanyId", "projectId")
    parent_stream_type = Customers
    fields = FROM_COMPANY | PROJECT
    identifiers = ("projectId",)


class CompanyCustomers(PagedStream):
    """The companies below each company."""

    name = "company_customers"
    path = "/companies/{sourceCompanyId}/customers"
    primary_keys = ("sourceCompanyId", "companyId")
    parent_stream_type = Customers
    fields = FROM_COMPANY | COMPANY
    identifiers = ("companyId",)
