"""The App-Arena server answers as documented, and can do what the tap relies on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pytest
import requests
from jsonschema import Draft202012Validator

from tests.sandbox.apparena import AppArena
from tests.sandbox.apparena.endpoints import documented

if TYPE_CHECKING:
    from collections.abc import Iterator

IDS = {"appId": 41207, "templateId": 311, "projectId": 44, "companyId": 57}
SHOWN = {
    "apps": "appId name lang activated expiryDate companyId templateId",
    "templates": "templateId name lang parentId projectId version companyId public",
    "projects": "projectId name description companyId",
    "projects/44/versions": "projectId name variant public lang companyId",
    "projects/44/configs": (
        "configId lang revision type name value meta description projectId version"
    ),
    "projects/44/infos": "infoId lang revision value projectId version meta",
    "projects/44/translations": (
        "translationId lang revision translation translated translationPluralized pluralized "
        "projectId version"
    ),
    "customers": (
        "companyId subdomain name address1 address2 zip city country logo color1 color2 "
        "parentId storeId"
    ),
    "companies/57/users": (
        "userId username email gender firstName lastName telephone displayname avatar lang "
        "companyId"
    ),
    "companies/57/templates": "templateId name lang parentId versionId companyId public",
}
"""The fields of records in App-Arena's own samples."""
ALL_APPS = [str(number) for number in range(41207, 41207 + 45)]


@dataclass(frozen=True)
class Client:
    """Sends exactly what a test wants."""

    url: str
    arena: AppArena

    def get(self, target: str, authorization: str = "key") -> requests.Response:
        """Ask for a path below the base, with its query."""
        headers = {"Authorization": authorization}
        return requests.get(self.url + target, headers=headers, timeout=10)

    def data(self, target: str) -> Any:
        """Return what a body embeds."""
        return self.get(target).json()["_embedded"]["data"]


@pytest.fixture
def client() -> Iterator[Client]:
    arena = AppArena()
    arena.add_key("key", store_owner=True)
    with arena.serve() as url:
        yield Client(url, arena)


def list_records(content: Any, container: str) -> list[dict[str, Any]]:
    """Return the records of a body of some documented shape."""
    if container == "language_maps":
        return [row for rows in content.values() for row in rows.values()]
    if container == "bare_array":
        return list(content)
    data = content["_embedded"]["data"]
    return list(data if container == "array" else data.values())


@pytest.mark.parametrize("endpoint", documented(), ids=lambda endpoint: endpoint.path)
def test_every_endpoint_answers_as_documented(client: Client, endpoint: Any) -> None:
    target = endpoint.path.removeprefix("/").format(**IDS)

    rows = list_records(client.get(target).json(), endpoint.container)

    assert rows
    for row in rows:
        Draft202012Validator(endpoint.record).validate(row)
        if target in SHOWN:
            assert row.keys() == {*SHOWN[target].split(), "_links"}


def test_a_page_of_apps(client: Client) -> None:
    page = client.get("apps?items=2&page=2&orderasc=appId").json()

    link = f"{client.url}apps?items=2&page=3&orderasc=appId"
    assert page == {
        "_links": {"next": {"href": link}},
        "_embedded": {
            "data": {
                "41209": {
                    "appId": 41209,
                    "name": "Winter quiz",
                    "lang": "en_US",
                    "activated": False,
                    "expiryDate": "2022-02-28 23:59:59",
                    "companyId": 12,
                    "templateId": 310,
                    "_links": {"app": {"href": f"{client.url}apps/41209"}},
                },
                "41210": page["_embedded"]["data"]["41210"],
            }
        },
        "total_items": 45,
        "page_size": 2,
        "page_count": 23,
        "page_number": 2,
    }


def test_a_page_behind_the_last_is_empty(client: Client) -> None:
    empty = client.get("apps?page=4").json()

    assert (empty["_embedded"]["data"], empty["page_number"], empty["page_count"]) == ({}, 4, 3)


def test_a_list_holds_what_the_callers_company_owns(client: Client) -> None:
    client.arena.add_key("other", company_id=57)

    assert list(client.data("templates")) == ["310", "311", "312", "320"]
    assert list(client.get("templates", "other").json()["_embedded"]["data"]) == ["402"]


@pytest.mark.parametrize(
    ("target", "authorization", "status"),
    [
        ("apps", "Bearer token", 200),
        ("apps", "Bearer key", 401),
        ("apps", "token", 401),
        ("apps", "", 401),
        ("apps", "narrow", 200),
        ("projects", "narrow", 403),
        ("companies", "narrow", 403),
        ("apps/7/configs", "key", 404),
        ("apps/41207", "key", 404),
    ],
)
def test_what_a_key_may_not_read_is_refused(
    client: Client, target: str, authorization: str, status: int
) -> None:
    client.arena.add_key("token", is_jwt=True)
    client.arena.add_key("narrow", rights=["app", "company"])

    assert client.get(target, authorization).status_code == status


def test_rows_come_from_the_closest_level_in_the_wanted_language(client: Client) -> None:
    rows = client.data("apps/41207/configs")

    assert {key: row["value"] for key, row in rows.items() if "projectId" not in row} == {
        "headline": "Wahl zum Hafenfoto",
        "color_primary": "#0A5C8C",
        "layout": "list",
    }
    owners = [rows[name] for name in ("headline", "color_primary", "layout")]
    assert owners[0]["appId"] == 41207
    assert [row["templateId"] for row in owners[1:]] == [311, 310]
    english = client.data("apps/41207/configs?lang=en_US")
    assert english["headline"]["value"] == "Best harbour photo"
    assert (english["layout"]["lang"], english["layout"]["value"]) == ("de_DE", "list")


@pytest.mark.parametrize(
    ("style", "obeyed"), [("orderasc", "orderdesc"), ("orderBy", "orderBy[DESC]"), ("none", "")]
)
def test_the_server_obeys_the_order_it_knows(
    client: Client, style: Literal["orderasc", "orderBy", "none"], obeyed: str
) -> None:
    client.arena.quirks.order_style = style

    for option in ("orderdesc", "orderBy[DESC]"):
        expected = ALL_APPS[::-1] if option == obeyed else ALL_APPS
        assert list(client.data(f"apps?items=50&{option}=appId")) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("apps?filter.appId[gt]=41249", ["41250", "41251"]),
        ("apps?filter.appId%5Bgte%5D=41250", ["41250", "41251"]),
        ("projects?filter.projectId[neq]=44", ["51"]),
        ("apps?filter.name[eq]=WINTER QUIZ", ["41209"]),
        ("templates?filter.name[not]=quiz", ["311", "312"]),
        ("templates?filter.public[neq]=0", ["311"]),
        ("apps?filter.expiryDate[gt]=2099-01-01", []),
        ("apps?filter.expiryDate[eq]=2017-09-30", ["41215"]),
        ("customers?filter.city[neq]=emden", []),
        ("apps?filter.appId[gt]=41249&filter.name[match]=51", ["41251"]),
        ("apps/41207/configs?filter.type[eq]=checkbox", ["show_ranking"]),
    ],
)
def test_filters_choose_rows(client: Client, target: str, expected: list[str]) -> None:
    assert list(client.data(target)) == expected


def test_relations_stand_inside_records(client: Client) -> None:
    app = client.data("apps?rel=company,template,languages&items=1")["41207"]

    assert (app["company"]["companyId"], app["company"]["updatedBy"]) == (12, "apikey_7")
    assert isinstance(app["template"]["versionId"], int)
    assert app["languages"]["en_US"]["activated"] is True
    assert all("_links" not in app[name] for name in ("company", "template", "languages"))
