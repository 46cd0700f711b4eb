"""Where the rows of each endpoint come from, and whether the caller may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.apparena import inheritance
from tests.sandbox.apparena.data import APP, TEMPLATE, VERSION, Owner, Row
from tests.sandbox.apparena.instance import not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.apparena.instance import Call


def _sees(call: Call, company_id: int) -> bool:
    """Whether the caller may see what a company owns: its own, that of companies below, or all."""
    own = call.key.company_id
    if call.data.is_below(company_id, own):
        return True
    companies = call.data.companies
    return call.key.store_owner and (
        company_id in companies and companies[company_id]["storeId"] == companies[own]["storeId"]
    )


def _app(call: Call) -> Row:
    row = call.data.apps.get(call.arguments["appId"])
    if row is None or not _sees(call, row["companyId"]):
        raise not_found(f"App '{call.arguments['appId']}'")
    return row


def _template(call: Call) -> Row:
    row = call.data.templates.get(call.arguments["templateId"])
    if row is None or not (row["public"] or _sees(call, row["companyId"])):
        raise not_found(f"Template '{call.arguments['templateId']}'")
    return row


def _project(call: Call) -> Row:
    number = call.arguments["projectId"]
    row = call.data.projects.get(number)
    if row is None or not (
        _sees(call, row["companyId"])
        or any(version["public"] for version in call.data.versions_of(number))
    ):
        raise not_found(f"Project '{number}'")
    return row


def _version(call: Call) -> Row:
    """The version in the query, or else the project's highest one."""
    number = _project(call)["projectId"]
    variant = call.options.version
    if variant is None:
        row = call.data.highest_version(number)
    else:
        row = call.data.versions.get((number, variant))
    if row is None:
        raise not_found(f"Version '{variant}' of project '{number}'")
    return row


def _company(call: Call) -> Row:
    number = call.arguments["companyId"]
    row = call.data.companies.get(number)
    if row is None or not _sees(call, number):
        raise not_found(f"Company '{number}'")
    return row


def _customers_of(call: Call) -> list[Row]:
    return call.data.customers_of(_company(call)["companyId"])


def _customers(call: Call) -> list[Row]:
    own = call.key.company_id
    rows = call.data.customers_of(own)
    return [call.data.companies[own], *rows] if call.quirks.own_company_is_customer else rows


def _store(call: Call) -> list[Row]:
    """All companies of the caller's store."""
    rows = list(call.data.companies.values())
    store = call.data.companies[call.key.company_id]["storeId"]
    return [row for row in rows if row["storeId"] == store]


def _app_owner(call: Call) -> Owner:
    return Owner(APP, _app(call)["appId"])


def _template_owner(call: Call) -> Owner:
    return Owner(TEMPLATE, _template(call)["templateId"])


def _version_owner(call: Call) -> Owner:
    version = _version(call)
    return Owner(VERSION, version["projectId"], version["variant"])


_OWNERS: Mapping[str, Callable[[Call], Owner]] = {
    "/apps/{appId}": _app_owner,
    "/templates/{templateId}": _template_owner,
    "/projects/{projectId}": _version_owner,
}
"""What has settings, by the path above them."""

_SETTINGS = ("configs", "infos", "translations")


def _settings(kind: str, owner: Callable[[Call], Owner]) -> Callable[[Call], list[Row]]:
    def read(call: Call) -> list[Row]:
        return inheritance.effective(call.data, owner(call), kind, call.options.lang)

    return read


def _app_languages(call: Call) -> dict[str, list[Row]]:
    owner = _app_owner(call)
    return {
        "activated": inheritance.activated(call.data, owner.number),
        "available": inheritance.available(call.data, owner),
    }


def _available(owner: Callable[[Call], Owner]) -> Callable[[Call], dict[str, list[Row]]]:
    return lambda call: {"available": inheritance.available(call.data, owner(call))}


def _channels(call: Call) -> list[Row]:
    return call.data.channels_of(_app(call)["appId"])


def _versions(call: Call) -> list[Row]:
    return call.data.versions_of(_project(call)["projectId"])


def _owned(table: str, *, by_caller: bool) -> Callable[[Call], list[Row]]:
    """The rows of a table that belong to the caller's company, or to the one in the path."""

    def read(call: Call) -> list[Row]:
        company_id = call.key.company_id if by_caller else _company(call)["companyId"]
        return call.data.of_company(getattr(call.data, table), company_id)

    return read


def _without_deleted(source: Callable[[Call], list[Row]]) -> Callable[[Call], list[Row]]:
    return lambda call: [row for row in source(call) if row["deletedAt"] is None]


COLLECTIONS: Mapping[str, Callable[[Call], list[Row]]] = {
    "/apps": _owned("apps", by_caller=True),
    "/templates": _owned("templates", by_caller=True),
    "/projects": _owned("projects", by_caller=True),
    "/companies/{companyId}/apps": _owned("apps", by_caller=False),
    "/companies/{companyId}/templates": _owned("templates", by_caller=False),
    "/companies/{companyId}/projects": _owned("projects", by_caller=False),
    "/companies/{companyId}/channels": _owned("channels", by_caller=False),
    "/companies/{companyId}/users": _owned("users", by_caller=False),
    "/projects/{projectId}/versions": _without_deleted(_versions),
    "/companies": _without_deleted(_store),
    "/customers": _without_deleted(_customers),
    "/companies/{companyId}/customers": _without_deleted(_customers_of),
    "/apps/{appId}/channels": _without_deleted(_channels),
    **{
        f"{path}/{kind}": _settings(kind, owner)
        for path, owner in _OWNERS.items()
        for kind in _SETTINGS
    },
}
"""The rows of collections, by path, without deleted ones."""

LANGUAGES: Mapping[str, Callable[[Call], dict[str, list[Row]]]] = {
    "/apps/{appId}/languages": _app_languages,
    "/templates/{templateId}/languages": _available(_template_owner),
    "/projects/{projectId}/languages": _available(_version_owner),
}
"""The languages, by path and by name of the map."""
