"""What the query options of the sandbox's App-Arena do."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from tests.sandbox.apparena import AppArena
    from tests.sandbox.apparena_client import Client

    Style: TypeAlias = Literal["orderasc", "orderBy", "both", "none"]

ALL_APPS = [str(number) for number in range(41207, 41207 + 45)]
COUNTERS = ("total_items", "page_size", "page_count", "page_number")


def flat(pages: list[list[str]]) -> list[str]:
    return list(itertools.chain.from_iterable(pages))


@pytest.mark.parametrize(
    ("target", "counters"),
    [
        ("apps", [45, 20, 3, 1]),
        ("apps?page=3", [45, 20, 3, 3]),
        ("apps?items=9&page=5", [45, 9, 5, 5]),
        ("apps?items=500", [45, 500, 1, 1]),
        ("apps?filter.appId[gt]=99999", [0, 20, 0, 1]),
        ("templates", [4, 20, 1, 1]),
        ("projects", [2, 20, 1, 1]),
        ("projects/44/versions", [2, 20, 1, 1]),
        ("customers", [31, 20, 2, 1]),
        ("companies/12/apps", [45, 20, 3, 1]),
        ("companies/57/users", [2, 20, 1, 1]),
        ("companies/12/users", [22, 20, 2, 1]),
        ("companies/12/users?items=5&page=2", [22, 5, 5, 2]),
    ],
)
def test_pages_count(client: Client, target: str, counters: list[int]) -> None:
    page = client.json(target)
    assert [page[name] for name in COUNTERS] == counters


@pytest.mark.parametrize("size", [1, 7, 20, 45, 46])
def test_pages_hold_every_row_once(client: Client, size: int) -> None:
    pages = client.pages(f"apps?items={size}")
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert flat(pages) == ALL_APPS


def test_pages_link_to_those_around(client: Client) -> None:
    first, middle, last = (client.json(f"apps?page={number}")["_links"] for number in (1, 2, 3))
    assert (set(first), set(last)) == ({"next", "self"}, {"previous", "self"})
    assert middle["previous"]["href"] == f"{client.url}apps?page=1"
    assert middle["self"]["href"] == f"{client.url}apps?page=2"
    assert middle["next"]["href"] == f"{client.url}apps?page=3"
    assert client.json(f"apps?{middle['next']['href'].split('?')[1]}")["_links"] == last


def test_other_collections_come_at_once_and_uncounted(client: Client) -> None:
    for target in ("apps/41207/configs", "apps/41207/infos", "apps/41207/translations"):
        body = client.json(f"{target}?page=2&items=1")
        assert set(body) == {"_links", "_embedded"}
        assert len(body["_embedded"]["data"]) > 1


def test_users_come_at_once_unless_pages_are_asked_for(client: Client) -> None:
    everyone = client.json("companies/12/users")
    assert len(everyone["_embedded"]["data"]) == 22
    assert set(everyone["_links"]) == {"self"}
    assert [len(page) for page in client.pages("companies/12/users?items=10")] == [10, 10, 2]


@pytest.mark.parametrize("query", ["page=0", "page=x", "items=0", "items=-1", "rel=users"])
def test_nonsense_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"apps?{query}")
    assert (answer.status_code, answer.json()["status"]) == (400, 400)


@pytest.mark.parametrize(
    ("style", "obeyed"),
    [
        ("orderasc", {"orderdesc"}),
        ("orderBy", {"orderBy[DESC]"}),
        ("both", {"orderdesc", "orderBy[DESC]"}),
        ("none", set()),
    ],
)
def test_the_server_obeys_the_orders_it_knows(
    arena: AppArena, client: Client, style: Style, obeyed: set[str]
) -> None:
    arena.quirks.order_style = style
    for option in ("orderdesc", "orderBy[DESC]", "orderBy%5BDESC%5D"):
        found = flat(client.pages(f"apps?{option}=appId"))
        is_obeyed = option.replace("%5B", "[").replace("%5D", "]") in obeyed
        assert found == (ALL_APPS[::-1] if is_obeyed else ALL_APPS), option


def test_rows_that_are_alike_are_in_the_order_of_their_ids(client: Client) -> None:
    found = client.data("apps?orderasc=expiryDate&items=100")
    dates = [row["expiryDate"] for row in found.values()]
    assert dates == sorted(dates)
    assert list(client.data("apps?orderasc=lang&items=100"))[:-1] == [
        app for app in ALL_APPS if app != "41209"
    ]
    assert client.ids("customers?orderasc=address1&items=100")[-1] == "57"


def test_translations_can_be_sorted(client: Client) -> None:
    assert client.ids("apps/41207/translations?orderdesc=translationId") == [
        "votes_left",
        "btn_vote",
        "btn_share",
    ]


def test_fields_and_exclude_choose_what_is_shown(client: Client) -> None:
    assert set(client.data("apps?fields=appId,name")["41207"]) == {"appId", "name", "_links"}
    assert set(client.data("apps?fields=name")["41207"]) == {"name", "_links"}
    assert set(client.data("projects/44?exclude=name,description")) == {
        "projectId",
        "companyId",
        "_links",
    }
    assert client.data("apps?fields=created")["41207"]["created"] == "2016-02-11 09:14:02"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("apps?filter.appId[gt]=41249", ["41250", "41251"]),
        ("apps?filter.appId%5Bgt%5D=41249", ["41250", "41251"]),
        ("apps?filter.appId[gte]=41250", ["41250", "41251"]),
        ("apps?filter.appId[lt]=41208", ["41207"]),
        ("apps?filter.appId[lte]=41207", ["41207"]),
        ("apps?filter.appId[eq]=41215", ["41215"]),
        ("projects?filter.projectId[neq]=44", ["51"]),
        ("apps?filter.name[eq]=WINTER QUIZ", ["41209"]),
        ("apps?filter.name[match]=vote", ["41207", "41212"]),
        ("templates?filter.name[not]=quiz", ["311", "312"]),
        ("templates?filter.public[eq]=true", ["311"]),
        ("templates?filter.public[neq]=0", ["311"]),
        ("apps?filter.expiryDate[gt]=2098-12-31", ["41212"]),
        ("apps?filter.expiryDate[gt]=2099-01-01", []),
        ("apps?filter.expiryDate[gte]=2099-01-01", ["41212"]),
        ("apps?filter.expiryDate[eq]=2017-09-30", ["41215"]),
        ("apps?filter.expiryDate[lt]=2017-09-30", []),
        ("apps?filter.expiryDate[lte]=2017-09-30", ["41215"]),
        ("customers?filter.city[eq]=emden", ["57"]),
        ("customers?filter.city[neq]=emden", []),
        ("apps?filter.appId[gt]=41249&filter.name[match]=51", ["41251"]),
        ("apps?filter.appId[gt]=41249&orderdesc=appId&items=1", ["41251"]),
        ("apps/41207/configs?filter.type[eq]=checkbox", ["show_ranking"]),
        ("apps/41207/configs?filter.appId[eq]=41207", ["headline"]),
        ("apps/41207/translations?filter.pluralized[eq]=1", ["votes_left"]),
        ("companies/57/users?filter.username[match]=SUPPORT", ["811"]),
    ],
)
def test_filters_choose_rows(client: Client, target: str, expected: list[str]) -> None:
    assert client.ids(target) == expected


@pytest.mark.parametrize(
    "sent",
    [
        "filter.nothing[eq]=1",
        "filter.appId[match]=1",
        "filter.appId[gt]=x",
        "filter.appId=1",
        "filter.name[gt]=a",
        "filter.activated[eq]=maybe",
        "filter.expiryDate[gt]=2017-09-30 10:00:00",
        "filter.expiryDate[gt]=20170930",
        "filter._links[eq]=a",
    ],
)
def test_filters_that_make_no_sense_are_refused_or_ignored(
    arena: AppArena, client: Client, sent: str
) -> None:
    assert client.get(f"apps?{sent}").status_code == 400
    arena.quirks.unknown_filters = "ignored"
    assert client.json(f"apps?{sent}")["total_items"] == 45


def test_what_an_endpoint_does_not_list_does_nothing(client: Client) -> None:
    for target in ("apps/41207/languages", "apps/41207/channels", "projects/44"):
        sent = "lang=en_US&filter.name[eq]=x&page=7&orderasc=name"
        plain, asked = client.json(target), client.json(f"{target}?{sent}")
        plain.pop("_links", None)
        asked.pop("_links", None)
        assert asked == plain


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


def test_relations_are_neither_inherited_nor_cut(client: Client) -> None:
    app = client.data("apps/41207?rel=configs,infos,translations,channels&fields=appId")
    assert {name: sorted(app[name]) for name in sorted(app.keys() - {"_links", "appId"})} == {
        "channels": ["9031", "9040"],
        "configs": ["headline"],
        "infos": ["base_url"],
        "translations": ["votes_left"],
    }


@pytest.mark.parametrize(
    ("target", "relation", "ids"),
    [
        ("templates/310", "apps", ["41209"]),
        ("templates/310", "versions", ["2.0.0", "2.1.0"]),
        ("templates/311", "configs", ["color_primary"]),
        ("projects/44", "versions", ["2.0.0", "2.1.0"]),
        ("projects/44/versions/2.1.0", "languages", ["de_DE", "en_US", "fr_FR"]),
        ("projects/44/versions/2.1.0", "infos", ["base_url", "user_limit"]),
    ],
)
def test_related_collections_are_keyed(
    client: Client, target: str, relation: str, ids: list[str]
) -> None:
    assert sorted(client.data(f"{target}?rel={relation}")[relation]) == ids


def test_a_template_has_its_parent_as_a_relation(client: Client) -> None:
    assert client.data("templates/312?rel=parentTemplate")["parentTemplate"]["templateId"] == 311
    assert client.data("templates?rel=parentTemplate")["310"]["parentTemplate"]["parentId"] == 310
    version = client.data("projects/44/versions?rel=project,company")["2.1.0"]
    assert version["project"]["name"] == "Vote engine"
    assert version["company"]["companyId"] == 12


def test_companies_have_all_their_relations(client: Client) -> None:
    relations = "customers,apps,templates,projects,users,apikeys,invitations,channels"
    company = client.data(f"companies/12?rel={relations}")["12"]
    sizes = {name: len(company[name]) for name in relations.split(",")}
    assert sizes == {
        "customers": 31,
        "apps": 45,
        "templates": 4,
        "projects": 2,
        "users": 22,
        "apikeys": 1,
        "invitations": 1,
        "channels": 2,
    }
