"""What ``rel`` adds to records: related rows as they are stored, nothing inherited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import inheritance
from tests.sandbox.apparena.data import APP, TEMPLATE, VERSION, Data, Owner, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SETTINGS = {
    "configs": "configId",
    "infos": "infoId",
    "translations": "translationId",
    "languages": "lang",
}


def related(data: Data, entity: str, row: Row, name: str) -> Any:
    """What stands under the relation's name in a record: a row, or rows by what identifies them.

    Args:
        data: What the server holds.
        entity: The kind of the record.
        row: The record.
        name: The relation, one of those that the record's endpoint allows.
    """
    if name in _SETTINGS:
        return _settings(data, entity, row, name)
    return _RELATIONS[entity, name](data, row)


def template_with_version_id(data: Data, row: Row) -> Row:
    """A template that names its version by the internal number."""
    version = data.versions.get((row["projectId"], row["version"]), {})
    left = {name: value for name, value in row.items() if name not in {"projectId", "version"}}
    return {**left, "versionId": version.get("versionId")}


def _settings(data: Data, entity: str, row: Row, name: str) -> dict[str, Row]:
    owner = {
        "app": lambda: Owner(APP, row["appId"]),
        "template": lambda: Owner(TEMPLATE, row["templateId"]),
        "version": lambda: Owner(VERSION, row["projectId"], row["variant"]),
    }[entity]()
    if name == "languages" and entity == "app":
        rows = inheritance.activated(data, owner.number)
        return _keyed(({**one, "activated": True} for one in rows), "lang")
    rows = list(data.settings(name).get(owner, ()))
    if name != "languages":
        rows = [one for one in rows if one["lang"] == row["lang"]]
    return _keyed(rows, _SETTINGS[name])


def _keyed(rows: Iterable[Row], field: str) -> dict[str, Row]:
    return {str(row[field]): row for row in rows}


def _company(data: Data, row: Row) -> Row | None:
    return data.companies.get(row["companyId"])


def _template_of(data: Data, row: Row, field: str) -> Row | None:
    template = data.templates.get(row[field])
    return None if template is None else template_with_version_id(data, template)


def _templates(data: Data, rows: Iterable[Row]) -> dict[str, Row]:
    return _keyed((template_with_version_id(data, row) for row in rows), "templateId")


def _version(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "versionId"}


def _versions(data: Data, row: Row) -> dict[str, Row]:
    return _keyed((_version(one) for one in data.versions_of(row["projectId"])), "variant")


def _apps_on(data: Data, row: Row) -> dict[str, Row]:
    rows = list(data.apps.values())
    return _keyed((one for one in rows if one["templateId"] == row["templateId"]), "appId")


def _owned(table: str, field: str) -> Callable[[Data, Row], dict[str, Row]]:
    """The rows of a table that a company owns."""
    return lambda data, row: _keyed(data.of_company(getattr(data, table), row["companyId"]), field)


_RELATIONS: Mapping[tuple[str, str], Callable[[Data, Row], Any]] = {
    ("app", "company"): _company,
    ("app", "template"): lambda data, row: _template_of(data, row, "templateId"),
    ("app", "channels"): lambda data, row: _keyed(data.channels_of(row["appId"]), "channelId"),
    ("template", "apps"): _apps_on,
    ("template", "company"): _company,
    ("template", "parentTemplate"): lambda data, row: _template_of(data, row, "parentId"),
    ("template", "versions"): _versions,
    ("project", "company"): _company,
    ("project", "versions"): _versions,
    ("version", "company"): _company,
    ("version", "project"): lambda data, row: data.projects.get(row["projectId"]),
    ("company", "customers"): lambda data, row: _keyed(
        data.customers_of(row["companyId"]), "companyId"
    ),
    ("company", "apps"): _owned("apps", "appId"),
    ("company", "templates"): lambda data, row: _templates(
        data, data.of_company(data.templates, row["companyId"])
    ),
    ("company", "projects"): _owned("projects", "projectId"),
    ("company", "users"): _owned("users", "userId"),
    ("company", "apikeys"): _owned("api_keys", "apikeyId"),
    ("company", "invitations"): _owned("invitations", "invitationId"),
    ("company", "channels"): _owned("channels", "channelId"),
}
"""By kind of record and name of the relation."""
