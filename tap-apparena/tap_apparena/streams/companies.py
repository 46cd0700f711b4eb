"""What belongs to each company: users, channels, apps, templates, projects, customers.

The channels of apps are here as well, as they are those of companies.

For the caller's own company, the last four repeat the streams of the same names.
Source: the API's documentation, chapter "Companies".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_apparena.streams.children import ChildListStream, PagedChildStream
from tap_apparena.streams.lists import Apps, Customers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record

    from tap_apparena.streams.base import Resources


class AppChannels(ChildListStream):
    """Where each app is published."""

    name = "app_channels"
    path = "/apps/{sourceAppId}/channels"
    primary_keys = ("sourceAppId", "channelId")
    parent_stream_type = Apps


class CompanyChannels(ChildListStream):
    """Where each company can publish apps; the one list that has nothing around its records."""

    name = "company_channels"
    path = "/companies/{sourceCompanyId}/channels"
    primary_keys = ("sourceCompanyId", "channelId")
    parent_stream_type = Customers


class CompanyUsers(PagedChildStream):
    """Who has a login."""

    name = "company_users"
    path = "/companies/{sourceCompanyId}/users"
    primary_keys = ("userId",)
    parent_stream_type = Customers

    @override
    def __init__(self, tap: Tap, resources: Resources) -> None:
        super().__init__(tap, resources)
        self._seen: set[int] = set()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        """Read the users of a company, but none whom another company had as well."""
        for row in super().read(context):
            user_id = int(row["userId"])
            if user_id not in self._seen:
                self._seen.add(user_id)
                yield row


class CompanyApps(PagedChildStream):
    """The apps of each company."""

    name = "company_apps"
    path = "/companies/{sourceCompanyId}/apps"
    primary_keys = ("sourceCompanyId", "appId")
    parent_stream_type = Customers


class CompanyTemplates(PagedChildStream):
    """The templates of each company."""

    name = "company_templates"
    path = "/companies/{sourceCompanyId}/templates"
    primary_keys = ("sourceCompanyId", "templateId")
    parent_stream_type = Customers


class CompanyProjects(PagedChildStream):
    """The projects of each company."""

    name = "company_projects"
    path = "/companies/{sourceCompanyId}/projects"
    primary_keys = ("sourceCompanyId", "projectId")
    parent_stream_type = Customers


class CompanyCustomers(PagedChildStream):
    """The companies below each company."""

    name = "company_customers"
    path = "/companies/{sourceCompanyId}/customers"
    primary_keys = ("sourceCompanyId", "companyId")
    parent_stream_type = Customers
