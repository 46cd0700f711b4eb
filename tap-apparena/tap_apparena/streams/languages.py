"""The languages of apps, templates and versions.

Source: the API's documentation, "Languages".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from typing_extensions import override

from tap_apparena.client import encode_params
from tap_apparena.page import Row
from tap_apparena.streams.children import ChildListStream
from tap_apparena.streams.lists import Apps, Templates
from tap_apparena.streams.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Hashable

    from singer_sdk.helpers.types import Context

RowsByLocale = dict[str, Row] | Annotated[list[tuple[str, Row]], msgspec.Meta(max_length=0)]
"""PHP, which the server is written in, prints an empty map as ``[]``."""


class Languages(msgspec.Struct):
    """The languages of an app, a template or a version.

    Attributes:
        available: Those that the version has.
        activated: Those that contents can be read in; unset where the API does not list them.
    """

    available: RowsByLocale
    activated: RowsByLocale | msgspec.UnsetType = msgspec.UNSET


class LanguageStream(ChildListStream):
    """A row for each locale that is available or activated."""

    @override
    def fetch_rows(self, context: Context, language: str) -> list[tuple[Hashable, Row]]:
        params = encode_params(self.params_of(context))
        languages = self.client.get_json(self.path.format(**context), Languages, params=params)
        is_unsaid = languages.activated is msgspec.UNSET
        available = _by_locale(languages.available)
        activated = _by_locale(languages.activated or {})
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


def _by_locale(rows: RowsByLocale) -> dict[str, Row]:
    """Return rows by the locale in them, or else by their keys."""
    return {
        locale if isinstance(locale := row.get("lang"), str) else key: row
        for key, row in dict(rows).items()
    }


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
