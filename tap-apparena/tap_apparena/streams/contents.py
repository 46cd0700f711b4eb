"""What apps, templates and versions are set to and say: configs, infos, translations.

What the API gives for an app or a template is what holds there, inherited or not; the ids in a row
tell where it is stored. Source: the API's documentation, "Configs", "Infos", "Translations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_apparena.streams.entities import (
    CONFIG,
    FROM_APP,
    FROM_TEMPLATE,
    FROM_VERSION,
    INFO,
    TRANSLATION,
)
from tap_apparena.streams.lists import Apps, Templates
from tap_apparena.streams.parts import PartStream
from tap_apparena.streams.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from singer_sdk.helpers.types import Context, Record


class ContentStream(PartStream):
    """Rows in one language, or in each that the settings name."""

    can_filter = True

    @property
    @override
    def languages(self) -> Sequence[str]:
        return self.config.get("languages") or ("",)

    @override
    def rows(self, context: Context, language: str) -> Iterable[Record]:
        for row in super().rows(context, language):
            yield {**row, "lang": row.get("lang") or language}


class AppConfigs(ContentStream):
    """The settings that hold for each app."""

    name = "app_configs"
    path = "/apps/{sourceAppId}/configs"
    primary_keys = ("sourceAppId", "configId", "lang")
    parent_stream_type = Apps
    fields = FROM_APP | CONFIG
    identifiers = ("configId",)


class TemplateConfigs(ContentStream):
    """The settings that hold for each template."""

    name = "template_configs"
    path = "/templates/{sourceTemplateId}/configs"
    primary_keys = ("sourceTemplateId", "configId", "lang")
    parent_stream_type = Templates
    fields = FROM_TEMPLATE | CONFIG
    identifiers = ("configId",)


class VersionConfigs(ContentStream):
    """The settings that each version defines."""

    name = "version_configs"
    path = "/projects/{sourceProjectId}/configs"
    primary_keys = ("sourceProjectId", "sourceVersion", "configId", "lang")
    parent_stream_type = Versions
    fields = FROM_VERSION | CONFIG
    identifiers = ("configId",)


class AppInfos(ContentStream):
    """What else is known of each app, such as its domain."""

    name = "app_infos"
    path = "/apps/{sourceAppId}/infos"
    primary_keys = ("sourceAppId", "infoId", "lang")
    parent_stream_type = Apps
    fields = FROM_APP | INFO
    identifiers = ("infoId",)


class TemplateInfos(ContentStream):
    """What else is known of each template."""

    name = "template_infos"
    path = "/templates/{sourceTemplateId}/infos"
    primary_keys = ("sourceTemplateId", "infoId", "lang")
    parent_stream_type = Templates
    fields = FROM_TEMPLATE | INFO
    identifiers = ("infoId",)


class VersionInfos(ContentStream):
    """What else each version defines."""

    name = "version_infos"
    path = "/projects/{sourceProjectId}/infos"
    primary_keys = ("sourceProjectId", "sourceVersion", "infoId", "lang")
    parent_stream_type = Versions
    fields = FROM_VERSION | INFO
    identifiers = ("infoId",)


class AppTranslations(ContentStream):
    """The texts that each app shows."""

    name = "app_translations"
    path = "/apps/{sourceAppId}/translations"
    primary_keys = ("sourceAppId", "translationId", "lang")
    parent_stream_type = Apps
    fields = FROM_APP | TRANSLATION
    identifiers = ("translationId",)


class TemplateTranslations(ContentStream):
    """The texts of each template."""

    name = "template_translations"
    path = "/templates/{sourceTemplateId}/translations"
    primary_keys = ("sourceTemplateId", "translationId", "lang")
    parent_stream_type = Templates
    fields = FROM_TEMPLATE | TRANSLATION
    identifiers = ("translationId",)


class VersionTranslations(ContentStream):
    """The texts of each version."""

    name = "version_translations"
    path = "/projects/{sourceProjectId}/translations"
    primary_keys = ("sourceProjectId", "sourceVersion", "translationId", "lang")
    parent_stream_type = Versions
    fields = FROM_VERSION | TRANSLATION
    identifiers = ("translationId",)
