"""The App-Arena server answers as documented, and can do what the tap relies on."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Literal

import pytest
import requests
from jsonschema import Draft202012Validator

from tests.sandbox.apparena import AppArena
from tests.sandbox.apparena.endpoints import documented, find
from tests.sandbox.clients import ArenaClient as Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    Style = Literal["orderasc", "orderBy", "none"]

BELOW_AN_APP = ("configs", "infos", "languages", "translations", "channels")
BELOW_OTHERS = ("configs", "infos", "languages", "translations")
TARGETS = [
    "apps",
    *(f"apps/41207/{name}" for name in BELOW_AN_APP),
    "templates",
    *(f"templates/311/{name}" for name in BELOW_OTHERS),
    "projects",
    "projects/44/versions",
    *(f"projects/44/{name}" for name in BELOW_OTHERS),
    "companies",
    "customers",
    "companies/57/users",
    "companies/12/customers",
    *(f"companies/57/{name}" for name in ("projects", "templates", "apps", "channels")),
]
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


@pytest.fixture
def arena() -> AppArena:
    """A server with the seeded data and a key of the agency that owns most of them."""
    sandbox = AppArena()
    sandbox.add_key("key")
    return sandbox


@pytest.fixture
def client(arena: AppArena) -> Iterator[Client]:
    """A client with that key."""
    with arena.serve() as url, requests.Session() as session:
        yield Client(url, session, "key")


@pytest.fixture
def owner(arena: AppArena, client: Client) -> Client:
    """A client of the company that runs the store, though the key is another's."""
    arena.add_key("store", company_id=12, store_owner=True)
    return Client(client.url, client.session, "store")


def list_records(content: Any, container: str) -> Iterator[dict[str, Any]]:
    """Yield the records of a body of some documented shape."""
    match container:
        case "bare_array":
            yield from content
        case "language_maps":
            for rows in content.values():
                yield from rows.values()
        case "array":
            yield from content["_embedded"]["data"]
        case "map":
            yield from content["_embedded"]["data"].values()


def flatten(pages: list[list[str]]) -> list[str]:
    return list(itertools.chain.from_iterable(pages))


def test_every_endpoint_answers_as_documented(owner: Client) -> None:
    seen = set()
    for target in TARGETS:
        found = find(f"/{target}")
        assert found is not None, target
        endpoint = found[0]
        rows = list(list_records(owner.json(target), endpoint.container))
        assert rows, target
        for row in rows:
            Draft202012Validator(endpoint.record).validate(row)
        seen.add(endpoint.path)
    assert seen == {endpoint.path for endpoint in documented()}
    assert len(seen) == 25


@pytest.mark.parametrize("target", SHOWN)
def test_records_show_the_fields_of_the_samples(client: Client, target: str) -> None:
    for row in client.data(target).values():
        assert row.keys() == {*SHOWN[target].split(), "_links"}


def test_a_page_of_apps(client: Client) -> None:
    page = client.json("apps?items=2&page=2&orderasc=appId")
    base = client.url
    assert page == {
        "_links": {
            "next": {"href": f"{base}apps?items=2&page=3&orderasc=appId"},
            "previous": {"href": f"{base}apps?items=2&page=1&orderasc=appId"},
            "self": {"href": f"{base}apps?items=2&page=2&orderasc=appId"},
        },
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
                    "_links": {
                        "app": {"href": f"{base}apps/41209"},
                    },
                },
                "41210": page["_embedded"]["data"]["41210"],
            }
        },
        "total_items": 45,
        "page_size": 2,
        "page_count": 23,
        "page_number": 2,
    }


def test_a_list_holds_what_the_callers_company_owns(arena: AppArena, client: Client) -> None:
    assert client.ids("templates") == ["310", "311", "312", "320"]
    assert client.ids("projects") == ["44", "51"]
    assert len(client.data("customers?items=100")) == 31
    arena.add_key("key", company_id=57)
    assert client.ids("apps") == ["41300"]
    assert client.ids("templates") == ["402"]
    assert client.ids("customers") == ["190"]


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("key", 200),
        ("Bearer token", 200),
        ("Bearer key", 401),
        ("token", 401),
        ("Basic key", 401),
        ("other", 401),
        ("", 401),
    ],
)
def test_a_key_comes_bare_and_a_token_after_bearer(
    arena: AppArena, client: Client, authorization: str, status: int
) -> None:
    arena.add_jwt("token")
    assert client.get("apps", authorization).status_code == status


def test_only_store_owners_list_companies(arena: AppArena, client: Client) -> None:
    assert client.get("companies").status_code == 403
    assert client.get("companies/57/apps").status_code == 200
    arena.add_key("key", store_owner=True)
    assert client.json("companies")["total_items"] == 34
    assert client.get("companies/3/apps").status_code == 200
    assert client.get("companies/500/apps").status_code == 404


def read_levels(rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the ids by which rows name the level that they come from."""
    names = ("appId", "templateId", "projectId", "version")
    return {key: {name: row[name] for name in names if name in row} for key, row in rows.items()}


def test_rows_come_from_the_closest_level(client: Client) -> None:
    version = {"projectId": 44, "version": "2.1.0"}
    rows = client.data("apps/41207/configs")
    assert read_levels(rows) == {
        "color_primary": {"templateId": 311},
        "ends": version,
        "headline": {"appId": 41207},
        "layout": {"templateId": 310},
        "networks": version,
        "show_ranking": version,
        "stage": version,
        "terms": version,
        "theme": version,
    }
    assert rows["headline"]["value"] == "Wahl zum Hafenfoto"
    assert rows["color_primary"]["value"] == "#0A5C8C"
    assert rows["layout"]["value"] == "list"


def test_a_language_wins_over_the_default_one(client: Client) -> None:
    english = client.data("apps/41207/configs?lang=en_US")
    assert english["headline"]["value"] == "Best harbour photo"
    assert (english["layout"]["lang"], english["layout"]["value"]) == ("de_DE", "list")
    assert client.data("apps/41207/translations?lang=en_US")["btn_vote"]["translation"] == "Vote"
    german = client.data("apps/41207/translations?lang=de_DE")
    assert german["btn_vote"]["translation"] == "Jetzt abstimmen"
    assert german == client.data("apps/41207/translations")


@pytest.mark.parametrize(
    ("style", "obeyed"),
    [
        ("orderasc", {"orderdesc"}),
        ("orderBy", {"orderBy[DESC]"}),
        ("none", set()),
    ],
)
def test_the_server_obeys_the_orders_it_knows(
    arena: AppArena, client: Client, style: Style, obeyed: set[str]
) -> None:
    arena.quirks.order_style = style
    for option in ("orderdesc", "orderBy[DESC]", "orderBy%5BDESC%5D"):
        found = flatten(client.pages(f"apps?{option}=appId"))
        is_obeyed = option.replace("%5B", "[").replace("%5D", "]") in obeyed
        assert found == (ALL_APPS[::-1] if is_obeyed else ALL_APPS), option


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("apps?filter.appId[gt]=41249", ["41250", "41251"]),
        ("apps?filter.appId%5Bgte%5D=41250", ["41250", "41251"]),
        ("apps?filter.appId[lt]=41208", ["41207"]),
        ("apps?filter.appId[eq]=41215", ["41215"]),
        ("projects?filter.projectId[neq]=44", ["51"]),
        ("apps?filter.name[eq]=WINTER QUIZ", ["41209"]),
        ("apps?filter.name[match]=vote", ["41207", "41212"]),
        ("templates?filter.name[not]=quiz", ["311", "312"]),
        ("templates?filter.public[neq]=0", ["311"]),
        ("apps?filter.expiryDate[gt]=2099-01-01", []),
        ("apps?filter.expiryDate[gte]=2099-01-01", ["41212"]),
        ("apps?filter.expiryDate[eq]=2017-09-30", ["41215"]),
        ("apps?filter.expiryDate[lte]=2017-09-30", ["41215"]),
        ("customers?filter.city[neq]=emden", []),
        ("apps?filter.appId[gt]=41249&filter.name[match]=51", ["41251"]),
        ("apps?filter.appId[gt]=41249&orderdesc=appId&items=1", ["41251"]),
        ("apps/41207/configs?filter.type[eq]=checkbox", ["show_ranking"]),
    ],
)
def test_filters_choose_rows(client: Client, target: str, expected: list[str]) -> None:
    assert client.ids(target) == expected


def test_relations_stand_inside_records(client: Client) -> None:
    app = client.data("apps?rel=company,template,languages&items=1")["41207"]
    assert app["company"]["name"] == "Kueste Media GmbH"
    assert app["company"]["updatedBy"] == "apikey_7"
    assert isinstance(app["template"]["versionId"], int)
    assert app["template"].keys().isdisjoint({"projectId", "version"})
    assert app["languages"]["en_US"] == {
        "lang": "en_US",
        "activated": True,
        "appId": 41207,
        "created": "2016-02-11 09:14:02",
        "createdFromIp": "192.0.2.10",
        "createdBy": "store_admin",
        "deletedAt": None,
        "updated": "2016-12-01 16:40:55",
        "updatedFromIp": "192.0.2.11",
        "updatedBy": "apikey_7",
    }
    assert all("_links" not in app[name] for name in ("company", "template", "languages"))


def test_a_page_behind_the_last_is_empty(client: Client) -> None:
    empty = client.json("apps?page=4")
    assert (empty["_embedded"]["data"], empty["page_number"], empty["page_count"]) == ({}, 4, 3)
