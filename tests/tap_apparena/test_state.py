"""What the state says, and what a run makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

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
    assert first.state == {
        "bookmarks": {
            "apps": {"replication_key": "appId", "replication_key_value": expected[-1]},
        }
    }
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
