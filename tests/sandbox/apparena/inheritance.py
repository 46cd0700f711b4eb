"""What apps, templates and versions have in effect: their own settings and inherited ones."""

from __future__ import annotations

from tests.sandbox.apparena.data import APP, TEMPLATE, VERSION, Data, Owner, Row
from tests.sandbox.apparena.endpoints import KEY_FIELDS

_KEYS = {kind: KEY_FIELDS[kind[:-1]] for kind in ("configs", "infos", "translations")}


def list_levels(data: Data, owner: Owner) -> list[Owner]:
    """Where settings of an owner may come from, the owner first and a version last."""
    found: list[Owner] = []
    following: Owner | None = owner
    while following is not None and following not in found:
        found.append(following)
        following = _next_level(data, following)
    return found


def _next_level(data: Data, owner: Owner) -> Owner | None:
    if owner.level == APP:
        return Owner(TEMPLATE, data.apps[owner.number]["templateId"])
    if owner.level == VERSION or owner.number not in data.templates:
        return None
    template = data.templates[owner.number]
    if template["parentId"] != owner.number:
        return Owner(TEMPLATE, template["parentId"])
    return Owner(VERSION, template["projectId"], template["version"])


def resolve_settings(data: Data, owner: Owner, kind: str, lang: str | None) -> list[Row]:
    """The settings in effect, one of each.

    A row in the wanted language wins over one in the default language, and among those in the
    same language the one that is stored closest to the owner.

    Args:
        data: What the server holds.
        owner: Whose settings are wanted.
        kind: ``configs``, ``infos`` or ``translations``.
        lang: The wanted language; one that the owner does not have counts as none.
    """
    default = find_default_language(data, owner)
    wanted = {default}
    if lang is not None and lang in _readable(data, owner):
        wanted.add(lang)
    table, key = data.settings(kind), _KEYS[kind]
    found: dict[str, Row] = {}
    farthest_first = [
        row for level in reversed(list_levels(data, owner)) for row in list(table.get(level, ()))
    ]
    for row in sorted(farthest_first, key=lambda row: row["lang"] != default):
        if row["lang"] in wanted and row["deletedAt"] is None:
            found[row[key]] = row
    return list(found.values())


def find_default_language(data: Data, owner: Owner) -> str:
    """The language of a request that names none."""
    entity = {APP: data.apps, TEMPLATE: data.templates}.get(owner.level)
    row = data.versions[owner.number, owner.variant] if entity is None else entity[owner.number]
    return str(row["lang"])


def list_activated(data: Data, app_id: int) -> list[Row]:
    """The languages that an app has activated: its default one unless others are stored."""
    owner = Owner(APP, app_id)
    if owner in data.languages:
        return list(data.languages[owner])
    return [{"lang": data.apps[app_id]["lang"], **owner.ids}]


def list_available(data: Data, owner: Owner) -> list[Row]:
    """The languages that the version offers which is at the root of an owner."""
    return list(data.languages.get(list_levels(data, owner)[-1], ()))


def _readable(data: Data, owner: Owner) -> set[str]:
    rows = list_activated(data, owner.number) if owner.level == APP else list_available(data, owner)
    return {row["lang"] for row in rows}
