"""The links inside records; some are malformed, as in App-Arena's own samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.apparena.data import Row

Links = dict[str, dict[str, str]]


def _app(base: str, row: Row) -> Links:
    address = f"{base}apps/{row.get('appId')}"
    return {
        "app": {"href": address},
        "appLanguage": {"href": f"{address}/languages/{row.get('lang')}"},
        "company": {"href": f"{base}companies/{row.get('companyId')}"},
        "template": {"href": f"{base}templates/{row.get('templateId')}"},
    }


def _template(base: str, row: Row) -> Links:
    address = f"{base}templates/{row.get('templateId')}"
    return {
        "template": {"href": address},
        "language": {"href": f"{address}/languages"},
        "parent": {"href": f"{base}templates/{row.get('parentId')}"},
        # The internal number stands where the version's own should.
        "version": {"href": f"{base}projects/{row.get('projectId')}/versions/1"},
        "company": {"href": f"{base}companies/{row.get('companyId')}"},
    }


def _project(base: str, row: Row) -> Links:
    return {
        "project": {"href": f"{base}projects/{row.get('projectId')}"},
        "company": {"href": f"{base}companies/{row.get('companyId')}"},
    }


def _version(base: str, row: Row) -> Links:
    return {
        **_version_alone(base, row.get("projectId"), str(row.get("variant"))),
        "company": {"href": f"{base}companies/{row.get('companyId')}"},
        "project": {"href": f"{base}projects/{row.get('projectId')}"},
    }


def _version_alone(base: str, project_id: object, variant: str) -> Links:
    """A version without the last of its three numbers, which leads nowhere."""
    shortened = variant.rpartition(".")[0]
    return {"version": {"href": f"{base}projects/{project_id}/versions/{shortened}"}}


def _company(base: str, row: Row) -> Links:
    return {"company": {"href": f"{base}companies/{row.get('companyId')}"}}


def _owner(base: str, row: Row) -> Links:
    """The level that a setting comes from."""
    if "appId" in row:
        return {"app": {"href": f"{base}apps/{row['appId']}"}}
    if "templateId" in row:
        return {"template": {"href": f"{base}templates/{row['templateId']}"}}
    return _version_alone(base, row.get("projectId"), str(row.get("version")))


def _config(base: str, row: Row) -> Links:
    links = _owner(base, row)
    if "app" in links:
        links["config"] = {"href": f"{links['app']['href']}/configs/{row.get('configId')}"}
    return links


def _info(base: str, row: Row) -> Links:
    links = _owner(base, row)
    if "app" in links:
        return {"info": {"href": f"{links['app']['href']}/infos/{row.get('infoId')}"}}
    return links


LINKS: Mapping[str, Callable[[str, Row], Links]] = {
    "app": _app,
    "channel": _company,
    "company": _company,
    "config": _config,
    "info": _info,
    "project": _project,
    "template": _template,
    "translation": _owner,
    "user": _company,
    "version": _version,
}
"""By kind of record; languages have none."""
