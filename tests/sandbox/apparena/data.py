"""What a server holds, as plain JSON that a test may change while it serves."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.apparena import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Row = dict[str, Any]

_FIRST_FREE = 50_000
"""The first id that the server gives; smaller ones are for tests to give."""

APP = "app"
TEMPLATE = "template"
VERSION = "version"


class Owner(NamedTuple):
    """What settings belong to: an app, a template, or a version of a project."""

    level: str
    number: int
    """The app, the template or the project."""
    variant: str = ""
    """The version's number, such as ``2.1.0``."""

    @property
    def ids(self) -> Row:
        """How a row names its owner."""
        if self.level == VERSION:
            return {"projectId": self.number, "version": self.variant}
        return {f"{self.level}Id": self.number}


@dataclass
class Data:
    """Everything, companies first.

    Rows have all fields that the server knows of them, such as ``deletedAt``; which are shown
    depends on the request.
    """

    companies: dict[int, Row] = field(default_factory=dict)
    users: dict[int, Row] = field(default_factory=dict)
    channels: dict[int, Row] = field(default_factory=dict)
    projects: dict[int, Row] = field(default_factory=dict)
    versions: dict[tuple[int, str], Row] = field(default_factory=dict)
    templates: dict[int, Row] = field(default_factory=dict)
    apps: dict[int, Row] = field(default_factory=dict)
    app_channels: dict[int, list[int]] = field(default_factory=dict)
    """The channels that apps are attached to."""
    configs: dict[Owner, list[Row]] = field(default_factory=dict)
    """The rows that are stored for an owner itself, without those it inherits; so with the next."""
    infos: dict[Owner, list[Row]] = field(default_factory=dict)
    translations: dict[Owner, list[Row]] = field(default_factory=dict)
    languages: dict[Owner, list[Row]] = field(default_factory=dict)
    """The languages that versions offer and apps have activated."""
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(_FIRST_FREE))
    """Ids rise and never come back, as those of a database do."""

    def settings(self, kind: str) -> dict[Owner, list[Row]]:
        """The table of ``configs``, ``infos``, ``translations`` or ``languages``."""
        tables = {
            "configs": self.configs,
            "infos": self.infos,
            "translations": self.translations,
            "languages": self.languages,
        }
        return tables[kind]

    def of_company(self, table: dict[Any, Row], company_id: int) -> list[Row]:
        """The rows of a table that a company owns, without the deleted ones."""
        rows = [row for row in list(table.values()) if row["deletedAt"] is None]
        return [row for row in rows if row["companyId"] == company_id]

    def customers_of(self, company_id: int) -> list[Row]:
        """The companies directly below a company."""
        rows = list(self.companies.values())
        return [row for row in rows if row["parentId"] == company_id != row["companyId"]]

    def versions_of(self, project_id: int) -> list[Row]:
        """The versions of a project."""
        return [row for row in list(self.versions.values()) if row["projectId"] == project_id]

    def channels_of(self, app_id: int) -> list[Row]:
        """The channels that an app is attached to."""
        attached = self.app_channels.get(app_id, ())
        return [self.channels[number] for number in attached if number in self.channels]

    def is_below(self, company_id: int, ancestor_id: int) -> bool:
        """Whether a company is another one or below it in the tree."""
        seen = set()
        while company_id != ancestor_id:
            company = self.companies.get(company_id)
            if company is None or company_id in seen:
                return False
            seen.add(company_id)
            company_id = company["parentId"]
        return True

    def highest_version(self, project_id: int) -> Row | None:
        """The version that is meant where none is named."""
        return max(self.versions_of(project_id), key=_rank, default=None)

    def add_company(self, parent_id: int, number: int | None = None, **fields: Any) -> Row:
        """Add a company below another one, in the same store.

        Here and below, a number is the wanted id, and fields are those that are not invented.
        """
        number = number or next(self._ids)
        store_id = self.companies[parent_id]["storeId"]
        row = records.build_company(number, parent_id, store_id) | fields
        return self.companies.setdefault(number, row)

    def add_project(self, company_id: int, number: int | None = None, **fields: Any) -> Row:
        """Add a project without versions."""
        number = number or next(self._ids)
        return self.projects.setdefault(number, records.build_project(number, company_id) | fields)

    def add_version(self, project_id: int, variant: str, **fields: Any) -> Row:
        """Add a version without settings."""
        company_id = self.projects[project_id]["companyId"]
        row = records.build_version(next(self._ids), project_id, variant, company_id) | fields
        return self.versions.setdefault((project_id, variant), row)

    def add_template(
        self, project_id: int, version: str, number: int | None = None, **fields: Any
    ) -> Row:
        """Add a template; ``parentId`` sets it upon another one instead of the version."""
        number = number or next(self._ids)
        company_id = self.projects[project_id]["companyId"]
        row = records.build_template(number, company_id, project_id, version) | fields
        return self.templates.setdefault(number, row)

    def add_app(self, template_id: int, number: int | None = None, **fields: Any) -> Row:
        """Add an app, owned by its template's company unless ``companyId`` is given."""
        number = number or next(self._ids)
        company_id = self.templates[template_id]["companyId"]
        row = records.build_app(number, company_id, template_id) | fields
        return self.apps.setdefault(number, row)

    def add_apps(self, count: int, template_id: int) -> list[Row]:
        """Add many apps; they inherit everything."""
        return [self.add_app(template_id) for _ in range(count)]

    def add_user(self, company_id: int, number: int | None = None, **fields: Any) -> Row:
        """Add a user."""
        number = number or next(self._ids)
        return self.users.setdefault(number, records.build_user(number, company_id) | fields)

    def add_channel(
        self,
        company_id: int,
        number: int | None = None,
        apps: Iterable[int] = (),
        **fields: Any,
    ) -> Row:
        """Add a channel, and attach it to apps."""
        number = number or next(self._ids)
        for app_id in apps:
            self.app_channels.setdefault(app_id, []).append(number)
        return self.channels.setdefault(number, records.build_channel(number, company_id) | fields)

    def add_config(
        self, owner: Owner, config_id: str, value: str, lang: str = "de_DE", **fields: Any
    ) -> Row:
        """Store a config for its owner."""
        row = records.build_config(owner, config_id, value, lang) | fields
        return _added(self.configs, owner, row)

    def add_info(
        self, owner: Owner, info_id: str, value: str, lang: str = "de_DE", **fields: Any
    ) -> Row:
        """Store an info for its owner."""
        return _added(self.infos, owner, records.build_info(owner, info_id, value, lang) | fields)

    def add_translation(
        self, owner: Owner, translation_id: str, text: str, lang: str = "de_DE", **fields: Any
    ) -> Row:
        """Store a translation for its owner."""
        row = records.build_translation(owner, translation_id, text, lang) | fields
        return _added(self.translations, owner, row)

    def add_language(self, owner: Owner, lang: str, **fields: Any) -> Row:
        """Let a version offer a language, or an app activate it."""
        return _added(self.languages, owner, records.build_language(owner, lang) | fields)


def _added(table: dict[Owner, list[Row]], owner: Owner, row: Row) -> Row:
    table.setdefault(owner, []).append(row)
    return row


def _rank(version: Row) -> tuple[int, ...]:
    return tuple(int(part) for part in version["variant"].split("."))
