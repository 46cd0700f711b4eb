"""Where the rows of each endpoint come from, and whether the caller may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.apparena import inheritance
from tests.sandbox.apparena.data import APP, TEMPLATE, VERSION, Owner, Row
from tests.sandbox.apparena.instance import not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.apparena.instance import Call


def _may_see(call: Call, company_id: int) -> bool:
    """Whether the caller may see what a company owns: its own, that of companies below, or all."""
    own = call.key.company_id
    if call.data.is_below(company_id, own):
        return True
    companies = call.data.companies
    return call.key.store_owner and (
        company_id in companies and companies[company_id]["storeId"] == companies[own]["storeId"]
    )


def _find_app(call: Call) -> Row:
    row = call.data.apps.get(call.arguments["appId"])
    if row is None or not _may_see(call, row["companyId"]):
        raise not_found(f"App '{call.arguments['appId']}'")
    return row


def _find_template(call: Call) -> Row:
    row = call.data.templates.get(call.arguments["templateId"])
    if row is None or not (row["public"] or _may_see(call, row["companyId"])):
        raise not_found(f"Template '{call.arguments['templateId']}'")
    return row


def _find_project(call: Call) -> Row:
    number = call.arguments["projectId"]
    row = call.data.projects.get(number)
    if row is None or not (
        _may_see(call, row["companyId"])
        or any(version["public"] for version in call.data.versions_of(number))
    ):
        raise not_found(f"Project '{number}'")
    return row


def _find_version(call: Call) -> Row:
    """The version in the query, or else the project's highest one."""
    number = _find_project(call)["projectId"]
    variant = call.options.version
    if variant is None:
        row = call.data.highest_version(number)
    else:
        row = call.data.versions.get((number, variant))
    if row is None:
        raise not_found(f"Version '{variant}' of project '{number}'")
    return row


def _find_company(call: Call) -> Row:
    number = call.arguments["companyId"]
    row = call.data.companies.get(number)
    if row is None or not _may_see(call, number):
        raise not_found(f"Company '{number}'")
    return row


def _list_customers_of(call: Call) -> list[Row]:
    return call.data.customers_of(_find_company(call)["companyId"])


def _list_customers(call: Call) -> list[Row]:
    own = call.key.company_id
    rows = call.data.customers_of(own)
    return [call.data.companies[own], *rows] if call.quirks.own_company_is_customer else rows


def _list_store(call: Call) -> list[Row]:
    """All companies of the caller's store."""
    rows = list(call.data.companies.values())
    store = call.data.companies[call.key.company_id]["storeId"]
    return [row for row in rows if row["storeId"] == store]


def _find_app_owner(call: Call) -> Owner:
    return Owner(APP, _find_app(call)["appId"])


def _find_template_owner(call: Call) -> Owner:
    return Owner(TEMPLATE, _find_template(call)["templateId"])


def _find_version_owner(call: Call) -> Owner:
    version = _find_version(call)
    return Owner(VERSION, version["projectId"], version["variant"])


_OWNERS: Mapping[str, Callable[[Call], Owner]] = {
    "/apps/{appId}": _find_app_owner,
    "/templates/{templateId}": _find_template_owner,
    "/projects/{projectId}": _find_version_owner,
}
"""What has settings, by the path above them."""

_SETTINGS = ("configs", "infos", "translations")


def _read_settings(kind: str, owner: Callable[[Call], Owner]) -> Callable[[Call], list[Row]]:
    def read(call: Call) -> list[Row]:
        return inheritance.resolve_settings(call.data, owner(call), kind, call.options.lang)

    return read


def _list_app_languages(call: Call) -> dict[str, list[Row]]:
    owner = _find_app_owner(call)
    return {
        "activated": inheritance.list_activated(call.data, owner.number),
        "available": inheritance.list_available(call.data, owner),
    }


def _list_available(owner: Callable[[Call], Owner]) -> Callable[[Call], dict[str, list[Row]]]:
    return lambda call: {"available": inheritance.list_available(call.data, owner(call))}


def _list_channels(call: Call) -> list[Row]:
    return call.data.channels_of(_find_app(call)["appId"])


def _list_versions(call: Call) -> list[Row]:
    return call.data.versions_of(_find_project(call)["projectId"])


def _read_owned(table: str, *, by_caller: bool) -> Callable[[Call], list[Row]]:
    """The rows of a table that belong to the caller's company, or to the one in the path."""

    def read(call: Call) -> list[Row]:
        company_id = call.key.company_id if by_caller else _find_company(call)["companyId"]
        return call.data.of_company(getattr(call.data, table), company_id)

    return read


def _drop_deleted(source: Callable[[Call], list[Row]]) -> Callable[[Call], list[Row]]:
    return lambda call: [row for row in source(call) if row["deletedAt"] is None]


COLLECTIONS: Mapping[str, Callable[[Call], list[Row]]] = {
    "/apps": _read_owned("apps", by_caller=True),
    "/templates": _read_owned("templates", by_caller=True),
    "/projects": _read_owned("projects", by_caller=True),
    "/companies/{companyId}/apps": _read_owned("apps", by_caller=False),
    "/companies/{companyId}/templates": _read_owned("templates", by_caller=False),
    "/companies/{companyId}/projects": _read_owned("projects", by_caller=False),
    "/companies/{companyId}/channels": _read_owned("channels", by_caller=False),
    "/companies/{companyId}/users": _read_owned("users", by_caller=False),
    "/projects/{projectId}/versions": _drop_deleted(_list_versions),
    "/companies": _drop_deleted(_list_store),
    "/customers": _drop_deleted(_list_customers),
    "/companies/{companyId}/customers": _drop_deleted(_list_customers_of),
    "/apps/{appId}/channels": _drop_deleted(_list_channels),
    **{
        f"{path}/{kind}": _read_settings(kind, owner)
        for path, owner in _OWNERS.items()
        for kind in _SETTINGS
    },
}
"""The rows of collections, by path, without deleted ones."""

LANGUAGES: Mapping[str, Callable[[Call], dict[str, list[Row]]]] = {
    "/apps/{appId}/languages": _list_app_languages,
    "/templates/{templateId}/languages": _list_available(_find_template_owner),
    "/projects/{projectId}/languages": _list_available(_find_version_owner),
}
"""The languages, by path and by name of the map."""
