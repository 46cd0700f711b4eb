"""All streams, in the order in which the README lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_apparena.streams.companies import (
    AppChannels,
    CompanyApps,
    CompanyChannels,
    CompanyCustomers,
    CompanyProjects,
    CompanyTemplates,
    CompanyUsers,
)
from tap_apparena.streams.contents import (
    AppConfigs,
    AppInfos,
    AppTranslations,
    TemplateConfigs,
    TemplateInfos,
    TemplateTranslations,
    VersionConfigs,
    VersionInfos,
    VersionTranslations,
)
from tap_apparena.streams.languages import AppLanguages, TemplateLanguages, VersionLanguages
from tap_apparena.streams.lists import Apps, Companies, Customers, Projects, Templates
from tap_apparena.streams.versions import Versions

if TYPE_CHECKING:
    from tap_apparena.streams.base import AppArenaStream

STREAMS: tuple[type[AppArenaStream], ...] = (
    Apps,
    Templates,
    Projects,
    Versions,
    Customers,
    Companies,
    AppConfigs,
    AppInfos,
    AppTranslations,
    AppLanguages,
    AppChannels,
    TemplateConfigs,
    TemplateInfos,
    TemplateTranslations,
    TemplateLanguages,
    VersionConfigs,
    VersionInfos,
    VersionTranslations,
    VersionLanguages,
    CompanyUsers,
    CompanyChannels,
    CompanyApps,
    CompanyTemplates,
    CompanyProjects,
    CompanyCustomers,
)
