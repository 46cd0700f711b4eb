"""What the sandbox's App-Arena answers at each endpoint, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from jsonschema import Draft202012Validator

from tests.sandbox.apparena import APP, TEMPLATE, AppArena, Key, Owner, demonstration
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


def test_a_list_holds_what_the_callers_company_owns(arena: AppArena, client: Client) -> None:
    assert client.ids("templates") == ["310", "311", "312", "320"]
    assert client.ids("projects") == ["44", "51"]
    assert len(client.data("customers?items=100")) == 31
    arena.add_key("key", company_id=57)
    assert client.ids("apps") == ["41300"]
    assert client.ids("templates") == ["402"]
    assert client.ids("customers") == ["190"]


def test_what_belongs_to_others_is_not_there(client: Client) -> None:
    for target in ("apps/41310", "templates/910", "projects/91", "companies/500", "companies/3"):
        assert client.get(target).status_code == 404, target
        assert client.get(f"{target}/configs").status_code == 404, target
    for target in ("apps/41300", "templates/402/configs", "projects/77/versions", "companies/190"):
        assert client.get(target).status_code == 200, target


def test_public_things_can_be_read_by_others(arena: AppArena, client: Client) -> None:
    arena.add_key("key", company_id=57)
    assert client.data("templates/311")["name"] == "Photo vote blue"
    assert client.data("projects/44/configs")["layout"]["value"] == "grid"
    assert client.get("templates/310").status_code == 404
    assert client.get("projects/51").status_code == 404


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("apps/1", 404),
        ("apps/1/configs", 404),
        ("apps/x", 404),
        ("apps/", 404),
        ("apps/41207/configs/nothing", 404),
        ("apps/41207/translations/btn_vote", 404),
        ("apps/41207/channels/9031", 404),
        ("projects/44/versions/9.9.9", 404),
        ("projects/44/versions/2.1.0/configs", 404),
        ("projects/44/configs?version=9.9.9", 404),
        ("companies/57/users/820", 404),
        ("companies/12/customers/190", 404),
        ("customers/57/apps", 404),
        ("versions/50004/configs", 404),
        ("", 404),
    ],
)
def test_what_is_not_there_is_an_error(client: Client, target: str, status: int) -> None:
    answer = client.get(target)
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.json()["message"]


def test_only_reading_is_possible(client: Client) -> None:
    answer = client.session.post(f"{client.url}apps", headers={"Authorization": "key"}, timeout=10)
    assert answer.status_code == 405


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("key", 200),
        ("Bearer token", 200),
        ("Bearer old", 401),
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
    arena.add_jwt("old").expired = True
    assert client.get("apps", authorization).status_code == status


def test_a_token_expires_while_it_is_used(arena: AppArena, client: Client) -> None:
    token = arena.add_jwt("token")
    assert client.get("apps", "Bearer token").status_code == 200
    token.expired = True
    assert client.get("apps", "Bearer token").status_code == 401


def test_a_key_reads_what_it_has_the_right_to(arena: AppArena, client: Client) -> None:
    arena.add_key("key", rights={"app", "info"})
    assert client.get("apps").status_code == 200
    assert client.get("apps/41207/infos").status_code == 200
    assert client.get("apps/41207/configs").status_code == 403
    arena.quirks.forbidden_status = 401
    assert client.get("templates").status_code == 401


def test_a_right_must_exist() -> None:
    with pytest.raises(ValueError, match="no such rights"):
        Key(12, frozenset({"apps"}))


def test_only_store_owners_list_companies(arena: AppArena, client: Client) -> None:
    assert client.get("companies").status_code == 403
    assert client.get("companies/57/apps").status_code == 200
    arena.quirks.companies_for_store_owners = True
    assert client.get("companies/57/apps").status_code == 403
    assert client.get("customers/57").status_code == 200
    arena.add_key("key", store_owner=True)
    assert client.json("companies")["total_items"] == 34
    assert client.get("companies/3/apps").status_code == 200
    assert client.get("companies/500/apps").status_code == 404


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
