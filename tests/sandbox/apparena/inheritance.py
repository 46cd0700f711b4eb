"""What apps, templates and versions have in effect: their own settings and inherited ones."""

from __future__ import annotations

from tests.sandbox.apparena.data import APP, TEMPLATE, VERSION, Data, Owner, Row

KEYS = {"configs": "configId", "infos": "infoId", "translations": "translationId"}
"""What identifies a setting of each kind."""


def list_levels(data: Data, owner: Owner) -> list[Owner]:
    """Return where settings of an owner come from, the owner first and a version last."""
    if owner.level == VERSION:
        return [owner]
    if owner.level == APP:
        following = Owner(TEMPLATE, data.apps[owner.number]["templateId"])
    else:
        template = data.templates[owner.number]
        following = Owner(TEMPLATE, template["parentId"])
        if following == owner:
            following = Owner(VERSION, template["projectId"], template["version"])
    return [owner, *list_levels(data, following)]


def resolve_settings(data: Data, owner: Owner, kind: str, lang: str | None) -> list[Row]:
    """Return the settings in effect, one of each.

    A row in the wanted language wins over one in the default language, and among those in the
    same language the one that is stored closest to the owner.

    Args:
        data: What the server holds.
        owner: Whose settings are wanted.
        kind: ``configs``, ``infos`` or ``translations``.
        lang: The wanted language; one that the owner does not have counts as none.
    """
    default = find_default_language(data, owner)
    is_app = owner.level == APP
    languages = list_activated(data, owner.number) if is_app else list_available(data, owner)
    wanted = {default, *(row["lang"] for row in languages if row["lang"] == lang)}
    farthest_first = [
        row
        for level in reversed(list_levels(data, owner))
        for row in list(getattr(data, kind).get(level, ()))
        if row["lang"] in wanted and row["deletedAt"] is None
    ]
    farthest_first.sort(key=lambda row: row["lang"] != default)
    return list({row[KEYS[kind]]: row for row in farthest_first}.values())


def find_default_language(data: Data, owner: Owner) -> str:
    """Return the language of a request that names none."""
    if owner.level == VERSION:
        row = data.versions[owner.number, owner.variant]
    else:
        row = (data.apps if owner.level == APP else data.templates)[owner.number]
    return str(row["lang"])


def list_activated(data: Data, app_id: int) -> list[Row]:
    """Return the languages that an app has activated: its default one unless others are stored."""
    owner = Owner(APP, app_id)
    default = {"lang": data.apps[app_id]["lang"], **owner.ids}
    return list(data.languages.get(owner, [default]))


def list_available(data: Data, owner: Owner) -> list[Row]:
    """Return the languages that the version offers which is at the root of an owner."""
    return list(data.languages.get(list_levels(data, owner)[-1], ()))
