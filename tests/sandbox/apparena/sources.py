"""Where the rows of each endpoint come from."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena.call import Refusal
from tests.sandbox.apparena.data import APP, TEMPLATE, VERSION, Data, Owner, Row
from tests.sandbox.apparena.inheritance import (
    KEYS,
    list_activated,
    list_available,
    resolve_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.apparena.call import Call


def list_rows(call: Call) -> list[Row]:
    """Return all rows of a list."""
    data, ids, own = call.data, call.ids, call.key.company_id
    kind = call.endpoint.path.rpartition("/")[2]
    if kind in KEYS:
        return resolve_settings(data, _find_owner(call), kind, call.options.get("lang"))
    if kind == "versions":
        return data.versions_of(ids["projectId"])
    if kind == "channels" and "appId" in ids:
        return data.channels_of(ids["appId"])
    if kind == "companies":
        store_id = data.companies[own]["storeId"]
        return [row for row in list(data.companies.values()) if row["storeId"] == store_id]
    company_id = ids.get("companyId", own)
    if kind == "customers":
        has_own = call.quirks.own_company_is_customer and not ids
        return [*([data.companies[own]] if has_own else []), *data.customers_of(company_id)]
    return data.of_company(getattr(data, kind), company_id)


def list_languages(call: Call) -> dict[str, list[Row]]:
    """Return the languages by the map that they stand in."""
    owner = _find_owner(call)
    available = {"available": list_available(call.data, owner)}
    if owner.level != APP:
        return available
    return {"activated": list_activated(call.data, owner.number), **available}


def _find_owner(call: Call) -> Owner:
    """Return whose settings are asked for; where no version is named, it is the highest."""
    if "appId" in call.ids:
        return Owner(APP, call.ids["appId"])
    if "templateId" in call.ids:
        return Owner(TEMPLATE, call.ids["templateId"])
    variants = [row["variant"] for row in call.data.versions_of(call.ids["projectId"])]
    variant = call.options.get("version") or max(variants, key=_rank, default="")
    if variant not in variants:
        raise Refusal(HTTPStatus.NOT_FOUND)
    return Owner(VERSION, call.ids["projectId"], variant)


def _rank(variant: str) -> tuple[int, ...]:
    return tuple(int(part) for part in variant.split("."))


def show_version_id(data: Data, template: Row) -> Row:
    """Return a template that names its version by the internal number."""
    left = dict(template)
    version = data.versions[left.pop("projectId"), left.pop("version")]
    return {**left, "versionId": version["versionId"]}


def _list_languages_of_app(data: Data, app: Row) -> dict[str, Row]:
    rows = list_activated(data, app["appId"])
    return {row["lang"]: {**row, "activated": True} for row in rows}


RELATIONS: Mapping[str, Callable[[Data, Row], Any]] = {
    "company": lambda data, row: data.companies[row["companyId"]],
    "template": lambda data, row: show_version_id(data, data.templates[row["templateId"]]),
    "languages": _list_languages_of_app,
}
"""What stands inside a record, as it is stored: nothing is inherited."""
