"""What the sandbox's App-Arena does otherwise when told to."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests

from tests.sandbox.apparena import APP, AppArena, Owner, Quirks, seeds
from tests.sandbox.apparena_client import Client

if TYPE_CHECKING:
    from typing import Literal

APPS = {str(number) for number in range(41207, 41207 + 45)}


def test_rows_may_come_in_a_random_order_that_holds_over_pages(
    arena: AppArena, client: Client
) -> None:
    arena.quirks.order_style, arena.quirks.shuffle = "none", 7
    first = [app for page in client.pages("apps?orderasc=appId") for app in page]
    assert first != sorted(first)
    assert (len(first), set(first)) == (45, APPS)
    assert [app for page in client.pages("apps") for app in page] == first
    arena.quirks.shuffle = 8
    assert [app for page in client.pages("apps") for app in page] != first


def test_the_random_order_keeps_its_rows_when_some_come_and_go(
    arena: AppArena, client: Client
) -> None:
    arena.quirks.shuffle = 7
    before = client.ids("apps?items=100")
    del arena.data.apps[41220]
    added = str(arena.data.add_app(311)["appId"])
    after = client.ids("apps?items=100")
    assert [app for app in before if app != "41220"] == [app for app in after if app != added]


def test_an_order_that_is_obeyed_is_not_random(arena: AppArena, client: Client) -> None:
    arena.quirks.shuffle = 7
    assert client.ids("apps?items=100&orderasc=appId") == sorted(APPS)


def test_every_answer_may_have_an_order_of_its_own(arena: AppArena, client: Client) -> None:
    arena.quirks.shuffle, arena.quirks.reshuffle = 7, True
    orders = {tuple(client.ids("apps?items=100")) for _ in range(3)}
    assert len(orders) == 3


def test_filters_may_be_ignored_or_refused(arena: AppArena, client: Client) -> None:
    arena.quirks.filters = "ignored"
    assert client.json("apps?filter.appId[gt]=41249")["total_items"] == 45
    arena.quirks.filters = "refused"
    assert client.get("apps?filter.appId[gt]=41249").status_code == 400
    assert client.get("apps").status_code == 200


def test_a_page_behind_the_last_is_empty_or_the_last_or_an_error(
    arena: AppArena, client: Client
) -> None:
    empty = client.json("apps?page=4")
    assert (empty["_embedded"]["data"], empty["page_number"], empty["page_count"]) == ({}, 4, 3)
    arena.quirks.beyond = "last"
    clamped = client.json("apps?page=4")
    assert (len(clamped["_embedded"]["data"]), clamped["page_number"]) == (5, 3)
    arena.quirks.beyond = "error"
    assert client.get("apps?page=4").status_code == 404
    arena.quirks.beyond_status = 400
    assert client.get("apps?page=4").status_code == 400
    assert client.get("apps?page=3").status_code == 200


def test_an_empty_collection_has_a_first_page(arena: AppArena, client: Client) -> None:
    arena.data.apps.clear()
    for beyond in ("empty", "last", "error"):
        arena.quirks.beyond = beyond
        page = client.json("apps?page=1")
        assert (page["_embedded"]["data"], page["page_count"], page["page_number"]) == ({}, 0, 1)


def test_the_server_may_choose_the_size_of_pages(arena: AppArena, client: Client) -> None:
    arena.quirks.largest_page = 10
    assert client.json("apps?items=500")["page_size"] == 10
    assert client.json("apps")["page_size"] == 10
    assert client.json("apps?items=5")["page_size"] == 5
    arena.quirks.largest_page, arena.quirks.default_page_size = None, 30
    assert client.json("apps")["page_size"] == 30


def test_counters_may_be_wrong_or_missing(arena: AppArena, client: Client) -> None:
    arena.quirks.page_number = 1
    assert client.json("apps?page=2")["page_number"] == 1
    assert "41227" in client.data("apps?page=2")
    arena.quirks.missing_counters = frozenset({"page_count", "total_items"})
    assert set(client.json("apps")) == {"_links", "_embedded", "page_size", "page_number"}


def test_data_may_change_between_two_pages(arena: AppArena, client: Client) -> None:
    seen = []

    def change(path: str, page: int) -> None:
        seen.append((path, page))
        if page == 2:
            del arena.data.apps[41207]

    arena.quirks.before_page = change
    first, second = client.json("apps?page=1"), client.json("apps?page=2")
    assert seen == [("/apps", 1), ("/apps", 2)]
    assert list(first["_embedded"]["data"])[-1] == "41226"
    # 41227 has moved to the page that was read before.
    assert next(iter(second["_embedded"]["data"])) == "41228"
    assert (first["total_items"], second["total_items"]) == (45, 44)


def test_only_pages_are_announced(arena: AppArena, client: Client) -> None:
    seen: list[str] = []
    arena.quirks.before_page = lambda path, _: seen.append(path)
    for target in ("apps/41207", "apps/41207/configs", "companies/57/users", "templates"):
        client.json(target)
    assert seen == ["/templates"]


def test_empty_maps_may_be_lists(arena: AppArena, client: Client) -> None:
    arena.quirks.empty_as_list = True
    assert client.data("apps?filter.appId[gt]=99999") == []
    assert client.data("projects/51/infos") == []
    assert client.json("apps/41215/languages")["activated"] == []
    assert isinstance(client.data("apps"), dict)


def test_activated_languages_may_be_absent(arena: AppArena, client: Client) -> None:
    arena.quirks.activated_absent = True
    assert set(client.json("apps/41207/languages")) == {"available"}


@pytest.mark.parametrize("form", ["flat", "keyed"])
def test_all_entities_may_have_one_form(
    arena: AppArena, client: Client, form: Literal["flat", "keyed"]
) -> None:
    arena.quirks.entities = form
    keys = {
        "apps/41207": "41207",
        "projects/44/versions/2.1.0": "2.1.0",
        "apps/41207/configs/headline": "headline",
        "customers/57": "57",
        "companies/57/users/803": "803",
    }
    for target, key in keys.items():
        assert (list(client.data(target)) == [key]) == (form == "keyed"), target


def test_all_collections_may_have_one_form(arena: AppArena, client: Client) -> None:
    arena.quirks.lists = "array"
    assert client.data("apps")[0]["appId"] == 41207
    assert client.data("apps/41207/configs")[0]["configId"] == "color_primary"
    arena.quirks.lists = "map"
    assert list(client.data("apps/41207/channels")) == ["9031", "9040"]
    assert list(client.data("companies/57/channels")) == ["9102"]


def test_links_may_lead_elsewhere(arena: AppArena, client: Client) -> None:
    arena.quirks.links_base = "http://my-app-arena.com/api/v2/"
    page = client.json("apps")
    assert page["_links"]["next"]["href"] == "http://my-app-arena.com/api/v2/apps?page=2"
    link = page["_embedded"]["data"]["41207"]["_links"]["app"]["href"]
    assert link == "http://my-app-arena.com/api/v2/apps/41207"


def test_meta_may_be_text_or_a_list(arena: AppArena, client: Client) -> None:
    documented = [row["meta"] for row in client.data("apps/41207/configs").values()]
    assert None in documented
    assert {} in documented
    arena.quirks.meta = "text"
    configs = client.data("apps/41207/configs")
    assert configs["layout"]["meta"] == '{"options": {"list": "List"}}'
    assert configs["show_ranking"]["meta"] == "{}"
    assert configs["ends"]["meta"] is None
    arena.quirks.meta = "list"
    configs = client.data("apps/41207/configs")
    assert configs["layout"]["meta"] == {"options": {"list": "List"}}
    assert configs["show_ranking"]["meta"] == configs["ends"]["meta"] == []


def test_values_may_have_other_types(arena: AppArena, client: Client) -> None:
    assert client.data("apps/41207/configs/show_ranking")["value"] == "1"
    assert client.data("apps/41207/configs/networks")["value"] == "facebook,website"
    arena.quirks.checkboxes, arena.quirks.multiselects = "boolean", "list"
    assert client.data("apps/41207/configs/show_ranking")["value"] is True
    assert client.data("apps/41207/configs/networks")["value"] == ["facebook", "website"]
    arena.quirks.checkboxes = "number"
    assert repr(client.data("apps/41207/configs/show_ranking")["value"]) == "1"


def test_ids_may_be_text(arena: AppArena, client: Client) -> None:
    arena.quirks.ids_as_text = True
    app = client.data("apps/41207")
    assert (app["appId"], app["companyId"], app["templateId"]) == ("41207", "12", "311")
    assert client.data("apps/41207/configs/headline")["revision"] == 3
    assert client.ids("apps?filter.appId[gt]=41250") == ["41251"]


def test_what_was_changed_by_whom_may_be_shown(arena: AppArena, client: Client) -> None:
    assert "updated" not in client.data("apps/41207")
    arena.quirks.audit = True
    app = client.data("apps/41207")
    assert (app["updated"], app["deletedAt"]) == ("2016-12-01 16:40:55", None)
    assert "updated" not in client.data("apps/41207/configs")["headline"]
    assert client.data("apps/41207/configs")["headline"]["createdBy"] == "store_admin"


def test_deleted_rows_are_shown_on_demand(arena: AppArena, client: Client) -> None:
    arena.data.apps[41208]["deletedAt"] = "2017-03-01 12:00:00"
    arena.data.channels[9040]["deletedAt"] = "2017-03-01 12:00:00"
    assert client.json("apps")["total_items"] == 44
    assert client.get("apps/41208").status_code == 404
    assert len(client.data("apps/41207/channels")) == 1
    arena.quirks.deleted_rows = True
    assert client.json("apps")["total_items"] == 45
    assert client.data("apps")["41208"]["deletedAt"] == "2017-03-01 12:00:00"
    assert client.data("apps/41207")["deletedAt"] is None
    assert len(client.data("apps/41207/channels")) == 2


def test_records_may_have_fields_that_nobody_knows(arena: AppArena, client: Client) -> None:
    arena.quirks.unknown_fields = True
    app = client.data("apps/41207")
    assert app["renewalHint"] == {"days": 14, "tags": ["spring"]}
    assert app["startDate"] == "2017-01-01 00:00:00"
    assert client.json("apps/41207/languages")["activated"]["de_DE"]["default"] is True


def test_errors_may_call_themselves_a_success(arena: AppArena, client: Client) -> None:
    arena.quirks.errors_under_200 = True
    assert client.json("apps/1") == {"status": 404, "message": "App '1' not found."}
    assert client.json("nothing")["status"] == 404


def test_the_own_company_may_be_a_customer(arena: AppArena, client: Client) -> None:
    assert "12" not in client.ids("customers?items=100")
    arena.quirks.own_company_is_customer = True
    assert client.ids("customers?items=100")[0] == "12"
    assert client.json("customers")["total_items"] == 32


def test_quirks_may_be_given_from_the_start() -> None:
    arena = AppArena(quirks=Quirks(default_page_size=3))
    arena.add_key("key")
    with arena.serve() as url, requests.Session() as session:
        assert Client(url, session, "key").json("apps")["page_size"] == 3


def test_data_and_quirks_may_be_replaced_while_it_serves(arena: AppArena, client: Client) -> None:
    del arena.data.apps[41207]
    arena.quirks.default_page_size = 3
    assert client.ids("apps") == ["41208", "41209", "41210"]
    arena.data, arena.quirks = seeds.data(), Quirks()
    assert client.ids("apps")[0] == "41207"
    assert client.json("apps")["page_size"] == 20


def test_late_answers_wait_side_by_side(arena: AppArena, client: Client) -> None:
    arena.latency = 0.2
    started = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(client.get, [f"apps/{41207 + n}" for n in range(8)]))
    assert {answer.status_code for answer in answers} == {200}
    assert 0.2 <= time.monotonic() - started < 8 * 0.2


def test_many_apps_are_there_at_once(arena: AppArena, client: Client) -> None:
    added = arena.data.add_apps(20_000, 311)
    page = client.json("apps?items=500&page=41&orderasc=appId")
    assert (page["total_items"], page["page_count"]) == (20_045, 41)
    assert list(page["_embedded"]["data"])[-1] == str(added[-1]["appId"])
    assert Owner(APP, added[-1]["appId"]) not in arena.data.languages
