"""The contents of apps, templates and versions: configs, infos, translations.

What the API gives for an app or a template is what holds there, inherited or not; the ids in a row
show where it is stored. Source: the API's documentation, "Configs", "Infos", "Translations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from singer_tapkit.errors import InvalidResponseError
from tap_apparena.page import IdField
from tap_apparena.streams.children import ChildListStream
from tap_apparena.streams.lists import Apps, Templates
from tap_apparena.streams.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from singer_sdk.helpers.types import Context

    from tap_apparena.page import Row


class ContentStream(ChildListStream):
    """Rows in one language, or in each that the settings name."""

    can_filter = True

    @property
    @override
    def id_field(self) -> IdField:
        return IdField((self.own_keys[-2],), id_type=str)

    @property
    @override
    def languages(self) -> Sequence[str]:
        return self.config.get("languages") or ("",)

    @override
    def fetch_rows(self, context: Context, language: str) -> list[tuple[Hashable, Row]]:
        rows = super().fetch_rows(context, language)
        locales = [row.get("lang") or language for _, row in rows]
        if not all(locales):
            raise InvalidResponseError(
                f"The server sends a row of the stream {self.name!r} without its 'lang', which is "
                "part of the key. Set 'languages', so that it is known which one was asked for."
            )
        return [
            ((an_id, str(locale)), {**row, "lang": locale})
            for (an_id, row), locale in zip(rows, locales, strict=True)
        ]


class AppConfigs(ContentStream):
    """The settings that hold for each app."""

    name = "app_configs"
    path = "/apps/{sourceAppId}/configs"
    primary_keys = ("sourceAppId", "configId", "lang")
    parent_stream_type = Apps


class TemplateConfigs(ContentStream):
    """The settings that hold for each template."""

    name = "template_configs"
    path = "/templates/{sourceTemplateId}/configs"
    primary_keys = ("sourceTemplateId", "configId", "lang")
    parent_stream_type = Templates


class VersionConfigs(ContentStream):
    """The settings that each version defines."""

    name = "version_configs"
    path = "/projects/{sourceProjectId}/configs"
    primary_keys = ("sourceProjectId", "sourceVersion", "configId", "lang")
    parent_stream_type = Versions


class AppInfos(ContentStream):
    """What else is known of each app, such as its domain."""

    name = "app_infos"
    path = "/apps/{sourceAppId}/infos"
    primary_keys = ("sourceAppId", "infoId", "lang")
    parent_stream_type = Apps


class TemplateInfos(ContentStream):
    """What else is known of each template."""

    name = "template_infos"
    path = "/templates/{sourceTemplateId}/infos"
    primary_keys = ("sourceTemplateId", "infoId", "lang")
    parent_stream_type = Templates


class VersionInfos(ContentStream):
    """What else each version defines."""

    name = "version_infos"
    path = "/projects/{sourceProjectId}/infos"
    primary_keys = ("sourceProjectId", "sourceVersion", "infoId", "lang")
    parent_stream_type = Versions


class AppTranslations(ContentStream):
    """The texts that each app shows."""

    name = "app_translations"
    path = "/apps/{sourceAppId}/translations"
    primary_keys = ("sourceAppId", "translationId", "lang")
    parent_stream_type = Apps


class TemplateTranslations(ContentStream):
    """The texts of each template."""

    name = "template_translations"
    path = "/templates/{sourceTemplateId}/translations"
    primary_keys = ("sourceTemplateId", "translationId", "lang")
    parent_stream_type = Templates


class VersionTranslations(ContentStream):
    """The texts of each version."""

    name = "version_translations"
    path = "/projects/{sourceProjectId}/translations"
    primary_keys = ("sourceProjectId", "sourceVersion", "translationId", "lang")
    parent_stream_type = Versions
