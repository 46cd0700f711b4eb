"""What the sandbox's App-Arena answers at each endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from jsonschema import Draft202012Validator

from tests.sandbox.apparena import APP, TEMPLATE, AppArena, Owner, demonstration
from tests.sandbox.apparena.endpoints import documented, find
from tests.sandbox.apparena_client import Client
from tests.sandbox.faults import Answer, html_page

if TYPE_CHECKING:
    from collections.abc import Iterator

BELOW_AN_APP = ("configs", "infos", "languages", "translations", "channels")
BELOW_OTHERS = ("configs", "infos", "languages", "translations")
TARGETS = [
    "apps",
    "apps/41207",
    *(f"apps/41207/{name}" for name in BELOW_AN_APP),
    "apps/41207/configs/headline",
    "apps/41207/infos/user_limit",
    "templates",
    "templates/311",
    *(f"templates/311/{name}" for name in BELOW_OTHERS),
    "templates/311/configs/color_primary",
    "templates/311/infos/user_limit",
    "projects",
    "projects/44",
    "projects/44/versions",
    "projects/44/versions/2.1.0",
    *(f"projects/44/{name}" for name in BELOW_OTHERS),
    "projects/44/configs/layout",
    "projects/44/infos/base_url",
    "companies",
    "customers",
    "companies/57",
    "customers/57",
    "companies/57/users",
    "customers/57/users",
    "companies/57/users/803",
    "customers/57/users/803",
    "companies/12/customers",
    "companies/12/customers/57",
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


@pytest.fixture
def owner(arena: AppArena, client: Client) -> Client:
    """A client of the company that runs the store, though the key is another's."""
    arena.add_key("store", company_id=12, store_owner=True)
    return Client(client.url, client.session, "store")


def records(content: Any, container: str) -> Iterator[dict[str, Any]]:
    """The records of a body of some documented shape."""
    match container:
        case "bare_array":
            yield from content
        case "language_maps":
            for rows in content.values():
                yield from rows.values()
        case "array":
            yield from content["_embedded"]["data"]
        case "flat":
            yield content["_embedded"]["data"]
        case "map" | "single_entry_map":
            yield from content["_embedded"]["data"].values()


def test_every_endpoint_answers_as_documented(owner: Client) -> None:
    seen = set()
    for target in TARGETS:
        found = find(f"/{target}")
        assert found is not None, target
        endpoint = found[0]
        rows = list(records(owner.json(target), endpoint.container))
        assert rows, target
        for row in rows:
            Draft202012Validator(endpoint.record).validate(row)
        seen.add(endpoint.path)
    assert seen == {endpoint.path for endpoint in documented()}
    assert len(seen) == 41


def test_every_documented_field_is_there(arena: AppArena, owner: Client) -> None:
    arena.quirks.audit = True
    fields: dict[str, set[str]] = {}
    for target in TARGETS:
        endpoint, _ = find(f"/{target}") or pytest.fail(target)
        shown = fields.setdefault(endpoint.entity, set())
        for row in records(owner.json(target), endpoint.container):
            shown.update(row)
    for endpoint in documented():
        missing = endpoint.record["properties"].keys() - fields[endpoint.entity]
        # Versions call themselves variants, and languages are those of apps and versions.
        absent = {"version": {"version"}, "language": {"templateId"}}
        assert missing == absent.get(endpoint.entity, set())


@pytest.mark.parametrize("target", SHOWN)
def test_records_show_the_fields_of_the_samples(client: Client, target: str) -> None:
    for row in client.data(target).values():
        assert row.keys() == {*SHOWN[target].split(), "_links"}


def test_null_is_where_the_samples_have_it(client: Client) -> None:
    targets = {
        "customers": {"subdomain", "address1", "address2", "zip", "city", "logo"},
        "projects": {"description"},
        "companies/57/users": {"telephone", "avatar"},
        "apps/41207/configs": {"meta", "description"},
        "apps/41207/translations": {"translationPluralized"},
        "apps": set(),
        "templates": set(),
    }
    for target, nullable in targets.items():
        rows = client.data(target).values()
        assert {name for row in rows for name in row if row[name] is None} == nullable
        for name in nullable:
            assert any(row[name] is not None for row in rows), (target, name)


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
                        "appLanguage": {"href": f"{base}apps/41209/languages/en_US"},
                        "company": {"href": f"{base}companies/12"},
                        "template": {"href": f"{base}templates/310"},
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


def test_entities_are_flat_but_for_companies_and_users(client: Client) -> None:
    flat = {"projectId": 51, "name": "Quiz engine", "description": None, "companyId": 12}
    links = {
        "project": {"href": f"{client.url}projects/51"},
        "company": {"href": f"{client.url}companies/12"},
    }
    assert client.json("projects/51") == {"_embedded": {"data": {**flat, "_links": links}}}
    assert client.data("customers/57")["57"]["subdomain"] == "radhaus"
    assert client.data("companies/57/users/803")["803"]["telephone"] == "+49 30 000000"


def test_languages_come_in_two_maps_without_envelope(client: Client) -> None:
    available = {
        lang: {"lang": lang, "projectId": 44, "version": "2.1.0"}
        for lang in ("de_DE", "en_US", "fr_FR")
    }
    assert client.json("apps/41207/languages") == {
        "activated": {lang: {"lang": lang, "appId": 41207} for lang in ("de_DE", "en_US")},
        "available": available,
    }
    assert client.json("apps/41208/languages")["activated"] == {
        "de_DE": {"lang": "de_DE", "appId": 41208}
    }
    assert client.json("apps/41215/languages")["activated"] == {}
    assert client.json("templates/312/languages") == {"available": available}
    assert client.json("projects/44/languages") == {"available": available}


def test_channels_of_apps_are_a_list_and_those_of_companies_a_bare_one(client: Client) -> None:
    channel = {
        "channelId": 9040,
        "companyId": 12,
        "type": "website",
        "name": "Blog embed",
        "value": "https://blog9040.example.com/vote",
    }
    links = {"company": {"href": f"{client.url}companies/12"}}
    assert client.json("apps/41209/channels") == {
        "_links": {"self": {"href": f"{client.url}apps/41209/channels"}},
        "_embedded": {"data": [{**channel, "_links": links}]},
    }
    assert client.json("companies/12/channels")[1] == {
        **channel,
        "meta": {},
        "created": "2016-02-11 09:14:02",
        "updated": "2016-12-01 16:40:55",
        "createdFromIp": "192.0.2.10",
        "updatedFromIp": "192.0.2.11",
        "createdBy": "store_admin",
        "updatedBy": "apikey_7",
    }
    assert client.data("apps/41208/channels") == []


def test_templates_of_a_company_name_an_internal_version(client: Client) -> None:
    template = client.data("companies/57/templates")["402"]
    assert isinstance(template["versionId"], int)
    assert template.keys().isdisjoint({"projectId", "version"})
    assert client.data("templates/402")["version"] == "1.0.0"


def test_links_of_company_lists_lead_to_the_callers_own(client: Client) -> None:
    links = client.json("companies/12/apps?items=5")["_links"]
    assert links["next"]["href"] == f"{client.url}apps?items=5&page=2"
    users = client.json("companies/12/users?items=5")["_links"]
    assert users["next"]["href"] == f"{client.url}companies/12/users?items=5&page=2"


def test_links_to_versions_lack_the_last_number(client: Client) -> None:
    link = client.data("projects/44/versions/2.1.0")["_links"]["version"]["href"]
    assert link == f"{client.url}projects/44/versions/2.1"
    assert client.get("projects/44/versions/2.1").status_code == 404


def test_data_may_change_while_they_are_read(arena: AppArena, client: Client) -> None:
    added = arena.data.add_app(311, name="New")
    assert client.data(f"apps/{added['appId']}")["name"] == "New"
    added["companyId"] = 57
    assert client.json("apps")["total_items"] == 45
    assert client.json("companies/57/apps")["total_items"] == 2
    del arena.data.apps[added["appId"]]
    assert client.get(f"apps/{added['appId']}").status_code == 404


def test_ids_do_not_come_back(arena: AppArena) -> None:
    first = arena.data.add_app(311)["appId"]
    del arena.data.apps[first]
    assert arena.data.add_app(311)["appId"] > first


def test_everything_can_be_added(arena: AppArena, client: Client) -> None:
    data = arena.data
    project = data.add_project(12)["projectId"]
    data.add_version(project, "1.0.0")
    template = data.add_template(project, "1.0.0", 313)["templateId"]
    app = data.add_app(template)["appId"]
    owner = Owner(APP, app)
    data.add_language(owner, "fr_FR")
    data.add_config(owner, "colour", "blue")
    data.add_info(Owner(TEMPLATE, template), "limit", "7")
    data.add_translation(owner, "title", "Titel")
    data.add_channel(12, apps=[app], type="domain")
    user = data.add_user(12, firstName="Ole")["userId"]
    assert client.ids(f"apps/{app}/configs") == ["colour"]
    assert client.data(f"apps/{app}/infos")["limit"]["templateId"] == 313
    assert client.ids(f"apps/{app}/translations") == ["title"]
    assert list(client.json(f"apps/{app}/languages")["activated"]) == ["fr_FR"]
    assert client.data(f"apps/{app}/channels")[0]["type"] == "domain"
    assert client.data(f"companies/12/users/{user}")[str(user)]["firstName"] == "Ole"


def test_requests_are_recorded_and_faults_happen(arena: AppArena, client: Client) -> None:
    busy = Answer(429, "slow down", {"Retry-After": "1"})
    arena.faults.add("GET", "/api/v2/apps*", busy)
    arena.faults.add("GET", "/api/v2/apps*", html_page(200, "Log in"))
    answers = [client.get("apps?filter.appId[gt]=1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 200, 200]
    assert answers[1].text.startswith("<html")
    assert [request.status for request in arena.requests] == [429, 200, 200]
    assert arena.requests[2].query == {"filter.appId[gt]": ["1"]}
    assert arena.requests[2].headers["authorization"] == "key"


def test_the_demonstration_has_a_key_for_all_companies() -> None:
    sandbox = AppArena()
    demonstration.fill(sandbox)
    with sandbox.serve() as url, requests.Session() as session:
        agency = Client(url, session, demonstration.KEY)
        assert agency.json("apps")["total_items"] == 45
        assert agency.get("companies").status_code == 403
        assert agency.get("companies", demonstration.STORE_KEY).status_code == 200
