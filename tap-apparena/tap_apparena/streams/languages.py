"""The languages of apps, templates and versions.

Source: the API's documentation, "Languages".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from tap_apparena.bodies import languages_of
from tap_apparena.streams.entities import FROM_APP, FROM_TEMPLATE, FROM_VERSION, LANGUAGE
from tap_apparena.streams.lists import Apps, Templates
from tap_apparena.streams.parts import PartStream
from tap_apparena.streams.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record


class LanguageStream(PartStream):
    """A row for each locale that is available or activated.

    Attributes:
        can_be_activated: Whether languages are not only available but also activated here.
    """

    can_be_activated: ClassVar[bool] = False
    identifiers = ("lang",)

    @override
    def rows(self, context: Context, language: str) -> Iterator[Record]:
        address = self.path.format(**context)
        found = self.ask(address, self.parameters(context), languages_of)
        activated = found.activated or {}
        for locale in dict.fromkeys([*found.available, *activated]):
            yield {
                **found.available.get(locale, {}),
                **activated.get(locale, {}),
                "lang": locale,
                "activated": locale in activated if self.can_be_activated else None,
                "available": locale in found.available,
            }


class AppLanguages(LanguageStream):
    """The languages of each app, activated ones and others."""

    name = "app_languages"
    path = "/apps/{sourceAppId}/languages"
    primary_keys = ("sourceAppId", "lang")
    parent_stream_type = Apps
    fields = FROM_APP | LANGUAGE
    can_be_activated = True


class TemplateLanguages(LanguageStream):
    """The languages that each template has."""

    name = "template_languages"
    path = "/templates/{sourceTemplateId}/languages"
    primary_keys = ("sourceTemplateId", "lang")
    parent_stream_type = Templates
    fields = FROM_TEMPLATE | LANGUAGE


class VersionLanguages(LanguageStream):
    """The languages that each version has."""

    name = "version_languages"
    path = "/projects/{sourceProjectId}/languages"
    primary_keys = ("sourceProjectId", "sourceVersion", "lang")
    parent_stream_type = Versions
    fields = FROM_VERSION | LANGUAGE
