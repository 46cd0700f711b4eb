"""The languages of apps, templates and versions.

Source: the API's documentation, "Languages".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from tap_apparena.page import rows_by_locale
from tap_apparena.streams.children import ChildListStream
from tap_apparena.streams.lists import Apps, Templates
from tap_apparena.streams.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Hashable

    from singer_sdk.helpers.types import Context

    from tap_apparena.page import Row


class LanguageStream(ChildListStream):
    """A row for each locale that is available or activated."""

    @override
    def fetch_rows(self, context: Context, language: str) -> list[tuple[Hashable, Row]]:
        path = self.path.format(**context)
        languages = self.client.get_languages(path, self.params_of(context))
        available = rows_by_locale(languages.available)
        activated = rows_by_locale(languages.activated)
        is_unsaid = languages.activated is msgspec.UNSET
        return [
            (
                locale,
                {
                    **available.get(locale, {}),
                    **activated.get(locale, {}),
                    "lang": locale,
                    "activated": None if is_unsaid else locale in activated,
                    "available": locale in available,
                },
            )
            for locale in {**available, **activated}
        ]


class AppLanguages(LanguageStream):
    """The languages of each app, activated ones and others."""

    name = "app_languages"
    path = "/apps/{sourceAppId}/languages"
    primary_keys = ("sourceAppId", "lang")
    parent_stream_type = Apps


class TemplateLanguages(LanguageStream):
    """The languages that each template has."""

    name = "template_languages"
    path = "/templates/{sourceTemplateId}/languages"
    primary_keys = ("sourceTemplateId", "lang")
    parent_stream_type = Templates


class VersionLanguages(LanguageStream):
    """The languages that each version has."""

    name = "version_languages"
    path = "/projects/{sourceProjectId}/languages"
    primary_keys = ("sourceProjectId", "sourceVersion", "lang")
    parent_stream_type = Versions
