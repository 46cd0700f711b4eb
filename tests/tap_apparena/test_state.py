"""What the state says, and what a run makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.apparena import Quirks
from tests.sandbox.faults import Answer
from tests.tap_apparena.test_lists import fill, ids

if TYPE_CHECKING:
    from tests.command_line import Run
    from tests.tap_apparena.command_line import Tap
    from tests.tap_apparena.places import Place

PLACE = "tap_apparena_resume"


def interrupted(place: Place, tap: Tap, page: int, *streams: str, **more: Any) -> Run:
    """Run with two apps on a page until a page fails."""
    place.server.faults.add(
        "GET",
        "/api/v2/apps",
        Answer(400, "{}"),
        times=None,
        when=lambda request: request.query["page"] == [str(page)],
    )
    run = tap.fail(place.settings(page_size=2, **more), *(streams or ["apps"]))
    place.server.faults.clear()
    place.server.requests.clear()
    return run


def test_an_interrupted_read_goes_on_where_it_was(place: Place, tap: Tap) -> None:
    expected = fill(place, 35)
    first = interrupted(place, tap, 12)
    assert (
        first.state["bookmarks"]["apps"][PLACE].items()
        >= {
            "page": 10,
            "page_size": 2,
            "order": "orderasc=appId",
            "last_id": expected[19],
        }.items()
    )
    second = tap.succeed(place.settings(page_size=2), "apps", state=first.state)
    assert place.pages("/apps")[:3] == [1, 10, 11]
    assert ids(first) == expected[:22]
    assert ids(second) == expected[20:]
    assert second.state["bookmarks"]["apps"] == {}


def test_going_on_steps_back_as_far_as_rows_have_moved(place: Place, tap: Tap) -> None:
    expected = fill(place, 45)
    first = interrupted(place, tap, 12)
    for gone in expected[:6]:
        del place.server.data.apps[gone]
    second = tap.succeed(place.settings(page_size=2), "apps", state=first.state)
    assert place.pages("/apps")[:7] == [1, 10, 9, 8, 7, 8, 9]
    assert ids(second) == expected[20:]


@pytest.mark.parametrize(
    "more",
    [
        {"order_style": "orderBy"},
        {"page_size": 7},
        {"filters": {"apps": ["filter.activated[eq]=true"]}},
        {"include_personal_data": False},
    ],
)
def test_other_settings_start_at_the_first_page(
    place: Place, tap: Tap, more: dict[str, Any]
) -> None:
    fill(place, 35)
    state = interrupted(place, tap, 12).state
    tap.succeed(place.settings(**{"page_size": 2, **more}), "apps", state=state)
    assert place.pages("/apps")[:3] in ([1, 1, 2], [1, 1, 1])


def test_other_children_start_at_the_first_page(place: Place, tap: Tap) -> None:
    fill(place, 35)
    state = interrupted(place, tap, 12).state
    tap.succeed(place.settings(page_size=2), "apps", "app_channels", state=state)
    assert place.pages("/apps")[:4] == [1, 1, 1, 2]  # a list with children is checked at each page


def test_how_requests_are_sent_does_not_matter(place: Place, tap: Tap) -> None:
    fill(place, 35)
    state = interrupted(place, tap, 12).state
    settings = place.settings(page_size=2, max_concurrency=2, max_retries=0)
    tap.succeed(settings, "apps", state=state)
    assert place.pages("/apps")[:2] == [1, 10]


def test_a_new_token_goes_on_where_the_old_one_was(place: Place, tap: Tap) -> None:
    fill(place, 35)
    for token in ("first", "second"):
        place.server.add_jwt(token)
    state = interrupted(place, tap, 12, jwt="first").state
    tap.succeed(place.settings(page_size=2, jwt="second"), "apps", state=state)
    assert place.pages("/apps")[:2] == [1, 10]


def test_an_old_place_is_not_used(place: Place, tap: Tap) -> None:
    fill(place, 35)
    state = interrupted(place, tap, 12).state
    state["bookmarks"]["apps"][PLACE]["written_at"] = "2026-01-01T00:00:00+00:00"
    tap.succeed(place.settings(page_size=2), "apps", state=state)
    assert place.pages("/apps")[:3] == [1, 1, 2]


def test_a_server_that_orders_by_something_else_gets_no_place(place: Place, tap: Tap) -> None:
    fill(place, 35)
    place.server.quirks.order_style = "none"
    place.server.quirks.shuffle = 5
    assert PLACE not in interrupted(place, tap, 12).state["bookmarks"]["apps"]


def test_a_place_is_worth_nothing_once_the_order_is_another(place: Place, tap: Tap) -> None:
    expected = fill(place, 35)
    state = interrupted(place, tap, 12).state
    place.server.quirks.order_style = "none"
    place.server.quirks.shuffle = 5
    run = tap.succeed(place.settings(page_size=2), "apps", state=state)
    assert sorted(ids(run)) == expected
    assert "the order of rows is not by id" in run.log


def test_the_place_stays_behind_when_a_child_has_failed(place: Place, tap: Tap) -> None:
    expected = fill(place, 35)
    path = f"/api/v2/apps/{expected[12]}/infos"
    place.server.faults.add("GET", path, Answer(400, "{}"), times=None)
    run = interrupted(place, tap, 12, "apps", "app_infos", max_concurrency=1)
    assert run.state["bookmarks"]["apps"][PLACE]["page"] == 6


def test_new_ids_alone_are_read_and_the_highest_is_kept(place: Place, tap: Tap) -> None:
    expected = fill(place, 15)
    settings = place.settings(page_size=10, incremental_mode="new_ids")
    first = tap.succeed(settings, "apps")
    assert ids(first) == expected
    bookmark = {"replication_key": "appId", "replication_key_value": expected[-1]}
    assert first.state["bookmarks"]["apps"].items() >= bookmark.items()
    place.server.requests.clear()
    new = place.server.data.add_app(next(iter(place.server.data.templates)))["appId"]
    second = tap.succeed(settings, "apps", state=first.state)
    assert ids(second) == [new]
    (request,) = place.received("/apps")
    assert request.query["filter.appId[gt]"] == [str(expected[-1])]


@pytest.mark.parametrize("filters", ["ignored", "refused"])
def test_new_ids_are_told_without_the_server(place: Place, tap: Tap, filters: Any) -> None:
    expected = fill(place, 15)
    place.server.quirks.filters = filters
    state = {"bookmarks": {"apps": {"replication_key_value": expected[11]}}}
    settings = place.settings(page_size=10, incremental_mode="new_ids")
    run = tap.succeed(settings, "apps", state=state)
    assert ids(run) == expected[12:]
    assert run.state["bookmarks"]["apps"]["replication_key_value"] == expected[-1]


def test_the_bookmark_waits_for_the_last_page(place: Place, tap: Tap) -> None:
    fill(place, 35)
    run = interrupted(place, tap, 3, incremental_mode="new_ids")
    assert run.state["bookmarks"]["apps"] == {}


@pytest.mark.parametrize(
    ("parent", "child"),
    [("apps", "app_configs"), ("projects", "version_infos"), ("customers", "company_users")],
)
def test_new_ids_and_children_do_not_go_together(
    place: Place, tap: Tap, parent: str, child: str
) -> None:
    run = tap.fail(place.settings(incremental_mode="new_ids"), parent, child)
    assert f"only new {parent} are read, so that {child} would lack" in run.log
    assert run.output.messages == []
    assert place.server.requests == []


@pytest.mark.parametrize(
    "more", [{"filters": {"apps": ["filter.appId[gt]=1"]}}, {"filters": {"apps": []}}]
)
def test_the_bookmark_holds_for_the_same_filters_alone(
    place: Place, tap: Tap, more: dict[str, Any]
) -> None:
    expected = fill(place, 15)
    state = tap.succeed(place.settings(incremental_mode="new_ids"), "apps").state
    run = tap.succeed(place.settings(incremental_mode="new_ids", **more), "apps", state=state)
    assert ids(run) == (expected if more["filters"]["apps"] else [])


def test_rows_that_come_while_new_ids_are_read_come_again(place: Place, tap: Tap) -> None:
    expected = fill(place, 15)
    data = place.server.data

    def before_page(_: str, page: int) -> None:
        if page == 2:
            data.add_app(next(iter(data.templates)))

    place.server.quirks.before_page = before_page
    run = tap.succeed(place.settings(page_size=10, incremental_mode="new_ids"), "apps")
    assert len(ids(run)) == 16
    assert run.state["bookmarks"]["apps"]["replication_key_value"] == expected[-1]


@pytest.mark.parametrize("order", [{"order_style": "none"}, {}], ids=["unasked", "ignored"])
def test_without_an_order_the_bookmark_moves_once_nothing_new_comes(
    place: Place, tap: Tap, order: dict[str, str]
) -> None:
    expected = fill(place, 15)
    place.server.quirks = Quirks(order_style="none", shuffle=3)
    settings = place.settings(page_size=10, incremental_mode="new_ids", **order)
    first = tap.succeed(settings, "apps")
    second = tap.succeed(settings, "apps", state=first.state)
    assert sorted(ids(first)) == expected
    assert first.state["bookmarks"]["apps"]["replication_key_value"] == expected[-1]
    assert ids(second) == []


def test_without_an_order_the_bookmark_stays_while_new_rows_keep_coming(
    place: Place, tap: Tap
) -> None:
    fill(place, 15)
    data = place.server.data
    template = next(iter(data.templates))

    def before_page(_: str, page: int) -> None:
        if page == 1:
            data.add_app(template)

    place.server.quirks.before_page = before_page
    settings = place.settings(page_size=10, incremental_mode="new_ids", order_style="none")
    run = tap.succeed(settings, "apps")
    assert "replication_key_value" not in run.state["bookmarks"]["apps"]
    assert "The bookmark stays where it was" in run.log


def test_a_list_that_fits_on_a_page_needs_no_order(place: Place, tap: Tap) -> None:
    expected = fill(place, 15)
    settings = place.settings(incremental_mode="new_ids", order_style="none")
    run = tap.succeed(settings, "apps")
    assert run.state["bookmarks"]["apps"]["replication_key_value"] == expected[-1]


@pytest.mark.parametrize("value", ["x", [1], {"a": 1}, 1.5, True])
def test_a_bookmark_that_is_no_id_is_told(place: Place, tap: Tap, value: Any) -> None:
    state = {"bookmarks": {"apps": {"replication_key_value": value}}}
    run = tap.fail(place.settings(incremental_mode="new_ids"), "apps", "projects", state=state)
    assert "apps: the bookmark in the state is wrong" in run.log
    assert run.records["projects"]


@pytest.mark.parametrize(
    "kept",
    [
        None,
        7,
        [],
        {},
        {"page": "x"},
        {"page": 10, "page_size": 2, "last_id": None},
        {"page": -1, "page_size": 2, "last_id": 1, "order": "orderasc=appId"},
    ],
)
def test_a_place_that_makes_no_sense_is_not_used(place: Place, tap: Tap, kept: Any) -> None:
    expected = fill(place, 15)
    state = {"bookmarks": {"apps": {PLACE: kept}}}
    assert ids(tap.succeed(place.settings(page_size=10), "apps", state=state)) == expected


def test_a_place_from_hand_beyond_the_list_reads_it_from_its_end(place: Place, tap: Tap) -> None:
    expected = fill(place, 35)
    state = interrupted(place, tap, 12).state
    state["bookmarks"]["apps"][PLACE]["page"] = 999
    assert ids(tap.succeed(place.settings(page_size=2), "apps", state=state)) == expected[20:]
