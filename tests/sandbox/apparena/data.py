"""What a server holds, as plain JSON that a test may change while it serves."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.apparena.endpoints import KEY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, Any]

ROWS: Mapping[str, Row] = json.loads(Path(__file__).with_name("rows.json").read_text("utf-8"))
"""The fields of invented rows by kind of record, and those of all that were changed."""
FIRST_FREE_ID = 50_000
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
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_FREE_ID))
    """Ids rise and never come back, as those of a database do."""

    def of_company(self, table: Mapping[Any, Row], company_id: int) -> list[Row]:
        """Return the rows of a table that a company owns, without the deleted ones."""
        rows = [row for row in list(table.values()) if row["deletedAt"] is None]
        return [row for row in rows if row["companyId"] == company_id]

    def customers_of(self, company_id: int) -> list[Row]:
        """Return the companies directly below a company."""
        rows = list(self.companies.values())
        return [row for row in rows if row["parentId"] == company_id != row["companyId"]]

    def versions_of(self, project_id: int) -> list[Row]:
        """Return the versions of a project."""
        return [row for row in list(self.versions.values()) if row["projectId"] == project_id]

    def channels_of(self, app_id: int) -> list[Row]:
        """Return the channels that an app is attached to."""
        return [self.channels[number] for number in self.app_channels.get(app_id, ())]

    def add_company(self, parent_id: int, number: int | None = None, **fields: Any) -> Row:
        """Add a company below another one, in the same store, or below itself in a new one.

        Here and below, a number is the wanted id, and fields are those that are not invented.
        """
        parent = self.companies.get(parent_id, {"storeId": parent_id})
        ids = {"parentId": parent_id, "storeId": parent["storeId"]}
        return self._add("company", self.companies, number, ids | fields)

    def add_project(self, company_id: int, number: int | None = None, **fields: Any) -> Row:
        """Add a project without versions."""
        return self._add("project", self.projects, number, {"companyId": company_id} | fields)

    def add_version(self, project_id: int, variant: str, **fields: Any) -> Row:
        """Add a version without settings; its number is only known inside."""
        row: Row = {
            "projectId": project_id,
            "variant": variant,
            "versionId": next(self._ids),
            "companyId": self.projects[project_id]["companyId"],
        }
        row = build_row("version", row | fields)
        return self.versions.setdefault((project_id, variant), row)

    def add_template(
        self, project_id: int, version: str, number: int | None = None, **fields: Any
    ) -> Row:
        """Add a template; ``parentId`` sets it upon another one instead of the version."""
        number = number or next(self._ids)
        ids = {
            "parentId": number,
            "projectId": project_id,
            "version": version,
            "companyId": self.projects[project_id]["companyId"],
        }
        return self._add("template", self.templates, number, ids | fields)

    def add_app(self, template_id: int, number: int | None = None, **fields: Any) -> Row:
        """Add an app of its template's company; every third is not activated."""
        number = number or next(self._ids)
        row = {
            "companyId": self.templates[template_id]["companyId"],
            "templateId": template_id,
            "activated": number % 3 != 0,
            "expiryDate": f"20{18 + number % 5}-{1 + number % 12:02d}-28 23:59:59",
        }
        return self._add("app", self.apps, number, row | fields)

    def add_apps(self, count: int, template_id: int) -> list[Row]:
        """Add many apps; they inherit everything."""
        return [self.add_app(template_id) for _ in range(count)]

    def add_user(self, company_id: int, number: int | None = None, **fields: Any) -> Row:
        """Add a user."""
        number = number or next(self._ids)
        row = {"companyId": company_id, "gender": "female" if number % 2 else "male"}
        return self._add("user", self.users, number, row | fields)

    def add_channel(
        self,
        company_id: int,
        number: int | None = None,
        apps: Iterable[int] = (),
        **fields: Any,
    ) -> Row:
        """Add a channel, and attach it to apps."""
        row = self._add("channel", self.channels, number, {"companyId": company_id} | fields)
        for app_id in apps:
            self.app_channels.setdefault(app_id, []).append(row["channelId"])
        return row

    def add_config(
        self, owner: Owner, config_id: str, value: str, lang: str = "de_DE", **fields: Any
    ) -> Row:
        """Store a config for its owner."""
        name = config_id.replace("_", " ").title()
        row = {"configId": config_id, "name": name, "value": value, "lang": lang}
        return _store("config", self.configs, owner, row | fields)

    def add_info(
        self, owner: Owner, info_id: str, value: str, lang: str = "de_DE", **fields: Any
    ) -> Row:
        """Store an info for its owner."""
        row = {"infoId": info_id, "value": value, "lang": lang}
        return _store("info", self.infos, owner, row | fields)

    def add_translation(
        self, owner: Owner, translation_id: str, text: str, lang: str = "de_DE", **fields: Any
    ) -> Row:
        """Store a translation for its owner."""
        row = {"translationId": translation_id, "translation": text, "lang": lang}
        return _store("translation", self.translations, owner, row | fields)

    def add_language(self, owner: Owner, lang: str, **fields: Any) -> Row:
        """Let a version offer a language, or an app activate it."""
        return _store("language", self.languages, owner, {"lang": lang} | fields)

    def _add(self, kind: str, table: dict[int, Row], number: int | None, fields: Row) -> Row:
        number = number or next(self._ids)
        return table.setdefault(number, build_row(kind, {KEY_FIELDS[kind]: number} | fields))


def _store(kind: str, table: dict[Owner, list[Row]], owner: Owner, fields: Row) -> Row:
    row = build_row(kind, owner.ids | fields)
    table.setdefault(owner, []).append(row)
    return row


def build_row(kind: str, fields: Row) -> Row:
    """Return a row with every field that is documented, as far as it is not given invented."""
    invented = {
        name: value.format(id=fields.get(KEY_FIELDS[kind]), **fields)
        if isinstance(value, str)
        else value
        for name, value in ROWS[kind].items()
    }
    has_revisions = kind in {"config", "info", "translation"}
    changed = ROWS["revised"] if has_revisions else ROWS["revised"] | ROWS["audited"]
    return {**invented, **changed, **fields}
