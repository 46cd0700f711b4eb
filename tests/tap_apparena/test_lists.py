"""The lists of a company: what they hold, what the state says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.tap_apparena.servers import NAMES, ids

if TYPE_CHECKING:
    from singer_tapkit.testing import TapRun
    from tests.tap_apparena.servers import Server


def interrupt_at_page(server: Server, page: int, *streams: str, **settings: Any) -> TapRun:
    """Run with two apps on a page until a page fails."""
    server.respond("/apps", {}, 400, when=lambda request: request.query["page"] == [str(page)])
    run = server.fail(*(streams or ["apps"]), page_size=2, **settings)
    server.sandbox.faults.clear()
    server.sandbox.requests.clear()
    return run


def test_requests_ask_for_a_page_its_size_and_an_order(server: Server) -> None:
    expected = server.fill(15)

    assert ids(server.read("apps", page_size=10)) == expected
    assert [dict(request.query) for request in server.received("/apps")] == [
        {"page": ["1"], "items": ["10"], "orderdesc": ["appId"]},
        {"page": ["2"], "items": ["10"], "orderdesc": ["appId"]},
    ]


def test_links_to_other_hosts_are_never_followed(server: Server) -> None:
    expected = server.fill(12)
    server.sandbox.quirks.links_base = "http://my-app-arena.example/api/v2"

    assert ids(server.read("apps", page_size=5)) == expected


def test_a_list_that_lacks_rows_fails_alone(server: Server) -> None:
    server.respond("/apps", {"_embedded": {"data": [{"appId": 7}]}, "total_items": 3})

    run = server.fail("apps", "projects")

    assert ids(run) == [7]
    assert "apps: GET /api/v2/apps hands out no complete list" in run.error
    assert "2 of 3 rows have not come" in run.error
    assert run.records["projects"]


@pytest.mark.parametrize(
    "quirks",
    [
        {},
        {"loose_types": True},
        {"empty_as_list": True, "largest_page": 3, "audit": True},
        {"counts": False, "order_style": "none", "shuffle": 3},
    ],
    ids=["documented", "loose", "empty", "uncounted"],
)
def test_all_streams_fit_their_schemas_whatever_the_shape(
    small_server: Server, quirks: dict[str, Any]
) -> None:
    for name, value in quirks.items():
        setattr(small_server.sandbox.quirks, name, value)

    output = small_server.read(*NAMES).output

    assert set(output.records) == set(NAMES)
    for name in NAMES:
        assert output.records[name], name
        assert len(output.keys(name)) == len(set(output.keys(name))), name


def test_dates_are_date_times_or_null(server: Server) -> None:
    dates = {
        "2018-03-31 23:59:59": "2018-03-31T23:59:59+00:00",
        "0000-00-00 00:00:00": None,
        "": None,
        None: None,
        "2018-02-30 00:00:00": None,
        "soon": None,
    }
    for app_id, sent in zip(server.fill(len(dates)), dates, strict=True):
        server.sandbox.data.apps[app_id].update(name=sent, expiryDate=sent)

    run = server.read("apps")

    assert {record["name"]: record["expiryDate"] for record in run.records["apps"]} == dates
    assert "no valid date-time" in run.log
    assert "without an offset" not in run.log


def test_keys_that_a_catalog_names_do_not_tell_rows_apart(server: Server) -> None:
    keys = {"apps": ["appId", "companyId"], "app_configs": ["configId"]}
    expected = server.read(*keys)
    catalog = server.discover()
    for entry in catalog["streams"]:
        entry["key_properties"] = keys.get(entry["tap_stream_id"], entry["key_properties"])

    run = server.read(*keys, catalog=catalog)

    assert {name: run.output.schemas[name]["key_properties"] for name in keys} == keys
    assert all(len(run.records[name]) > 1 for name in keys)
    assert run.records == expected.records


def test_an_interrupted_read_goes_on_where_it_was(server: Server) -> None:
    expected = server.fill(35)
    first = interrupt_at_page(server, 12)
    assert first.state["bookmarks"]["apps"]["checkpoint"]["position"] == {
        "page": 11,
        "first_id": expected[-1],
        "last_id": expected[13],
        "order": "orderdesc",
    }

    second = server.read("apps", page_size=2, state=first.state)

    assert server.pages("/apps")[5:] == [11, *range(12, 19)]
    assert ids(first) == expected[13:]
    assert ids(second) == expected[:13]
    assert second.state["bookmarks"]["apps"] == {}


@pytest.mark.parametrize(
    "other",
    [
        {"page_size": 7},
        {"filters": {"apps": ["filter.activated[eq]=true"]}},
        {"include_personal_data": False},
    ],
)
def test_other_settings_start_at_the_first_page(server: Server, other: dict[str, Any]) -> None:
    server.fill(35)
    state = interrupt_at_page(server, 12).state

    server.read("apps", state=state, **{"page_size": 2, **other})

    assert server.pages("/apps")[:3] == [1, 2, 3]


def test_how_requests_are_sent_does_not_matter(server: Server) -> None:
    server.fill(35)
    for token in ("first", "second"):
        server.sandbox.add_key(token, is_jwt=True)
    state = interrupt_at_page(server, 12, jwt="first").state

    server.read("apps", page_size=2, max_concurrency=2, jwt="second", state=state)

    assert server.pages("/apps")[5] == 11


def test_the_checkpoint_stays_behind_when_a_child_has_failed(server: Server) -> None:
    expected = server.fill(35)
    server.refuse(f"/apps/{expected[22]}/infos", 400)

    run = interrupt_at_page(server, 12, "apps", "app_infos", max_concurrency=1)

    assert run.state["bookmarks"]["apps"]["checkpoint"]["position"]["page"] == 6


def test_new_ids_alone_are_read_and_the_highest_is_kept(server: Server) -> None:
    expected = server.fill(15)
    first = server.read("apps", page_size=10, incremental_mode="new_ids")
    assert ids(first) == expected
    assert first.output.bookmark("apps") == expected[-1]
    server.sandbox.requests.clear()
    new = server.add_app()

    second = server.read("apps", page_size=10, incremental_mode="new_ids", state=first.state)

    assert ids(second) == [new]
    assert second.output.bookmark("apps") == new
    assert server.pages("/apps") == [1]

    third = server.read("apps", page_size=10, incremental_mode="new_ids", state=second.state)

    assert ids(third) == []
    assert third.state == second.state
    assert "below the bookmark" not in third.log


def test_a_bookmark_above_all_ids_is_reported_and_everything_read(server: Server) -> None:
    expected = server.fill(15)
    state = {"bookmarks": {"apps": {"replication_key_value": 10**9}}}

    run = server.read("apps", page_size=10, incremental_mode="new_ids", state=state)

    assert ids(run) == expected
    assert "All ids on the server are below the bookmark" in run.log
    assert run.output.bookmark("apps") == expected[-1]


def test_new_ids_are_found_without_an_order(server: Server) -> None:
    expected = server.fill(15)
    server.sandbox.quirks.order_style = "none"
    state = {"bookmarks": {"apps": {"replication_key_value": expected[11]}}}

    run = server.read("apps", page_size=10, incremental_mode="new_ids", state=state)

    assert ids(run) == expected[12:]
    assert run.output.bookmark("apps") == expected[-1]


def test_the_bookmark_waits_for_the_last_page(server: Server) -> None:
    server.fill(35)

    run = interrupt_at_page(server, 3, incremental_mode="new_ids")

    assert run.state["bookmarks"]["apps"] == {}


def test_without_an_order_the_bookmark_stays_while_new_rows_keep_coming(server: Server) -> None:
    server.fill(15)
    server.sandbox.quirks.order_style = "none"
    server.before_page(1, server.add_app)

    run = server.read("apps", page_size=10, incremental_mode="new_ids")

    assert run.output.bookmark("apps") is None
    assert "The bookmark stays where it was" in run.log


@pytest.mark.parametrize(
    ("parent", "child"),
    [("apps", "app_configs"), ("projects", "version_infos")],
)
def test_new_ids_and_children_do_not_go_together(server: Server, parent: str, child: str) -> None:
    run = server.fail(parent, child, incremental_mode="new_ids")

    assert f"only new {parent} are read, so that {child} would lack" in run.error
    assert (run.stdout, server.sandbox.requests) == (b"", [])


def test_the_bookmark_holds_for_the_same_filters_alone(server: Server) -> None:
    expected = server.fill(15)
    state = server.read("apps", incremental_mode="new_ids").state
    filters = {"apps": ["filter.appId[gt]=1"]}

    run = server.read("apps", incremental_mode="new_ids", filters=filters, state=state)

    assert ids(run) == expected


@pytest.mark.parametrize("value", ["x", 1.5, True])
def test_a_bookmark_that_is_no_id_is_reported(server: Server, value: Any) -> None:
    state = {"bookmarks": {"apps": {"replication_key_value": value}}}

    run = server.fail("apps", "projects", incremental_mode="new_ids", state=state)

    assert "apps: the bookmark in the state is wrong" in run.error
    assert run.records["projects"]
