"""What ``rel`` adds to records: related rows as they are stored, nothing inherited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import inheritance
from tests.sandbox.apparena.data import TEMPLATE, VERSION, Data, Owner, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def read_relation(data: Data, entity: str, row: Row, name: str) -> Any:
    """What stands under the relation's name in a record: a row, or rows by what identifies them.

    Args:
        data: What the server holds.
        entity: The kind of the record.
        row: The record.
        name: The relation, one of those that the record's endpoint allows.
    """
    if name == "languages":
        return _read_languages(data, entity, row)
    return _RELATIONS[entity, name](data, row)


def show_version_id(data: Data, row: Row) -> Row:
    """A template that names its version by the internal number."""
    version = data.versions.get((row["projectId"], row["version"]), {})
    left = {name: value for name, value in row.items() if name not in {"projectId", "version"}}
    return {**left, "versionId": version.get("versionId")}


def _read_languages(data: Data, entity: str, row: Row) -> dict[str, Row]:
    if entity == "app":
        rows = inheritance.list_activated(data, row["appId"])
        return _key_by(({**one, "activated": True} for one in rows), "lang")
    if entity == "template":
        owner = Owner(TEMPLATE, row["templateId"])
    else:
        owner = Owner(VERSION, row["projectId"], row["variant"])
    return _key_by(data.languages.get(owner, ()), "lang")


def _key_by(rows: Iterable[Row], field: str) -> dict[str, Row]:
    return {str(row[field]): row for row in rows}


def _find_company(data: Data, row: Row) -> Row | None:
    return data.companies.get(row["companyId"])


def _find_template(data: Data, row: Row, field: str) -> Row | None:
    template = data.templates.get(row[field])
    return None if template is None else show_version_id(data, template)


def _hide_version_id(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "versionId"}


def _list_versions(data: Data, row: Row) -> dict[str, Row]:
    return _key_by((_hide_version_id(one) for one in data.versions_of(row["projectId"])), "variant")


_RELATIONS: Mapping[tuple[str, str], Callable[[Data, Row], Any]] = {
    ("app", "company"): _find_company,
    ("app", "template"): lambda data, row: _find_template(data, row, "templateId"),
    ("template", "company"): _find_company,
    ("template", "parentTemplate"): lambda data, row: _find_template(data, row, "parentId"),
    ("template", "versions"): _list_versions,
    ("project", "company"): _find_company,
    ("project", "versions"): _list_versions,
    ("version", "company"): _find_company,
    ("version", "project"): lambda data, row: data.projects.get(row["projectId"]),
    ("company", "channels"): lambda data, row: _key_by(
        data.of_company(data.channels, row["companyId"]), "channelId"
    ),
}
"""By kind of record and name of the relation."""
