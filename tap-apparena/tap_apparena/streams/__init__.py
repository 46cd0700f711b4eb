"""All streams, in the order in which the README lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_apparena.streams import companies, contents, languages, lists, versions

if TYPE_CHECKING:
    from tap_apparena.streams.base import AppArenaStream

STREAMS: tuple[type[AppArenaStream], ...] = (
    lists.Apps,
    lists.Templates,
    lists.Projects,
    versions.Versions,
    lists.Customers,
    lists.Companies,
    contents.AppConfigs,
    contents.AppInfos,
    contents.AppTranslations,
    languages.AppLanguages,
    companies.AppChannels,
    contents.TemplateConfigs,
    contents.TemplateInfos,
    contents.TemplateTranslations,
    languages.TemplateLanguages,
    contents.VersionConfigs,
    contents.VersionInfos,
    contents.VersionTranslations,
    languages.VersionLanguages,
    companies.CompanyUsers,
    companies.CompanyChannels,
    companies.CompanyApps,
    companies.CompanyTemplates,
    companies.CompanyProjects,
    companies.CompanyCustomers,
)
