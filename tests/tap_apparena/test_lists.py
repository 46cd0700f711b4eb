"""Lists: how they are paged, and what happens when pages are not as they should be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.apparena import Quirks
from tests.sandbox.faults import Answer
from tests.singer import keys_of
from tests.tap_apparena.places import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tap_apparena.command_line import Tap
    from tests.tap_apparena.places import Place

LISTS = ["apps", "customers", "projects", "templates"]


def fill(place: Place, number: int) -> list[int]:
    """Have so many apps, and give their ids in order."""
    data = place.server.data
    data.apps.clear()
    template = next(iter(data.templates))
    return [data.add_app(template)["appId"] for _ in range(number)]


def deleting(place: Place, app_id: int) -> Callable[[str, int], None]:
    """Make what deletes an app before a second page is read."""

    def before_page(_: str, page: int) -> None:
        if page == 2:
            place.server.data.apps.pop(app_id, None)

    return before_page


def ids(run: Any) -> list[int]:
    return [record["appId"] for record in run.records["apps"]]


def test_the_lists_but_companies_are_read_by_default(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.settings())
    assert sorted(run.records) == LISTS
    assert {request.path for request in place.server.requests} == {
        f"/api/v2/{name}" for name in LISTS
    }


def test_every_row_of_every_page_comes_once_and_no_page_too_many(place: Place, tap: Tap) -> None:
    expected = fill(place, 23)
    run = tap.succeed(place.settings(page_size=10), "apps")
    assert ids(run) == expected
    assert place.pages("/apps") == [1, 1, 2, 3]


def test_the_last_page_may_be_full(place: Place, tap: Tap) -> None:
    expected = fill(place, 20)
    assert ids(tap.succeed(place.settings(page_size=10), "apps")) == expected
    assert place.pages("/apps") == [1, 1, 2]


def test_the_server_decides_on_the_size_of_pages(place: Place, tap: Tap) -> None:
    expected = fill(place, 23)
    place.server.quirks.largest_page = 5
    assert ids(tap.succeed(place.settings(page_size=10), "apps")) == expected
    assert place.pages("/apps") == [1, 1, 2, 3, 4, 5]


def test_requests_ask_for_a_page_its_size_and_an_order(place: Place, tap: Tap) -> None:
    fill(place, 15)
    tap.succeed(place.settings(page_size=10), "apps")
    assert [dict(request.query) for request in place.received("/apps")] == [
        {"page": ["1"], "items": ["10"], "orderdesc": ["appId"]},
        {"page": ["1"], "items": ["10"], "orderasc": ["appId"]},
        {"page": ["2"], "items": ["10"], "orderasc": ["appId"]},
    ]


def test_a_list_that_fits_on_a_page_costs_one_request(place: Place, tap: Tap) -> None:
    expected = fill(place, 10)
    assert ids(tap.succeed(place.settings(page_size=10), "apps")) == expected
    assert place.pages("/apps") == [1]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("orderasc", [{"orderdesc": ["appId"]}, {"orderasc": ["appId"]}, {"orderasc": ["appId"]}]),
        (
            "orderBy",
            [
                {"orderBy[DESC]": ["appId"]},
                {"orderBy[ASC]": ["appId"]},
                {"orderBy[ASC]": ["appId"]},
            ],
        ),
        ("none", [{}, {}]),
    ],
)
def test_the_order_is_asked_for_in_the_wanted_way(
    place: Place, tap: Tap, style: str, expected: list[dict[str, list[str]]]
) -> None:
    place.server.quirks.order_style = "both"
    fill(place, 15)
    tap.succeed(place.settings(order_style=style, page_size=10), "apps")
    assert expected == [
        {name: value for name, value in request.query.items() if name.startswith("order")}
        for request in place.received("/apps")
    ]


@pytest.mark.parametrize("number_of_pages", [1, 3])
def test_without_counters_there_is_one_page(place: Place, tap: Tap, number_of_pages: int) -> None:
    expected = fill(place, 10 * number_of_pages)
    place.server.quirks.missing_counters = frozenset(
        {"total_items", "page_size", "page_count", "page_number"}
    )
    assert ids(tap.succeed(place.settings(page_size=10), "apps")) == expected[:10]
    assert place.pages("/apps") == [1, 1]


@pytest.mark.parametrize("beyond", ["empty", "last", "error"])
def test_a_last_page_that_goes_away_ends_the_list(place: Place, tap: Tap, beyond: Any) -> None:
    expected = fill(place, 11)
    place.server.quirks.beyond = beyond
    place.server.quirks.before_page = deleting(place, expected[0])
    run = tap.succeed(place.settings(page_size=10), "apps")
    assert ids(run) == expected


def test_a_row_that_slips_through_between_pages_is_found_in_the_next_pass(
    place: Place, tap: Tap
) -> None:
    expected = fill(place, 25)
    place.server.quirks.before_page = deleting(place, expected[2])
    run = tap.succeed(place.settings(page_size=10), "apps")
    assert place.pages("/apps") == [1, 1, 2, 3, 1, 1, 2, 3]
    assert sorted(ids(run)) == expected
    assert "rows were deleted meanwhile" in run.log


@pytest.mark.parametrize("mode", ["full", "new_ids"])
def test_a_row_slips_through_unseen_while_as_many_are_added_as_deleted(
    place: Place, tap: Tap, mode: str
) -> None:
    expected = fill(place, 25)
    data = place.server.data

    def before_page(_: str, page: int) -> None:
        if page == 2 and expected[2] in data.apps:
            del data.apps[expected[2]]
            data.add_app(next(iter(data.templates)))

    place.server.quirks.before_page = before_page
    run = tap.succeed(place.settings(page_size=10, incremental_mode=mode), "apps")
    assert set(ids(run)) == {*expected, *data.apps}
    assert "rows were deleted and added meanwhile" in run.log


def test_a_wrong_page_number_does_not_end_a_list_that_goes_on(place: Place, tap: Tap) -> None:
    expected = fill(place, 12)
    place.server.quirks.page_number = 1
    assert ids(tap.succeed(place.settings(page_size=4), "apps")) == expected


def test_rows_that_the_server_counts_but_never_sends_are_told(place: Place, tap: Tap) -> None:
    body = {
        "_embedded": {"data": {"7": {"appId": 7}}},
        "total_items": 3,
        "page_size": 10,
        "page_count": 1,
        "page_number": 1,
    }
    place.server.faults.add("GET", "/api/v2/apps", Answer(200, json.dumps(body)), times=None)
    run = tap.succeed(place.settings(), "apps")
    assert ids(run) == [7]
    assert place.pages("/apps") == [1, 1, 1]
    assert "Some rows may be missing, though all pages were read 3 times: 2 of 3" in run.log


def test_links_to_other_hosts_are_never_followed(place: Place, tap: Tap) -> None:
    expected = fill(place, 12)
    place.server.quirks.links_base = "http://my-app-arena.example/api/v2"
    assert ids(tap.succeed(place.settings(page_size=5), "apps")) == expected


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(),
        Quirks(ids_as_text=True, meta="text", lists="array", checkboxes="boolean", audit=True),
        Quirks(meta="list", lists="map", multiselects="list", checkboxes="number", shuffle=3),
        Quirks(empty_as_list=True, activated_absent=True, deleted_rows=True, largest_page=3),
    ],
    ids=["documented", "text", "map", "empty"],
)
def test_all_streams_fit_their_schemas_whatever_the_shape(
    place: Place, tap: Tap, quirks: Quirks
) -> None:
    for name, value in vars(quirks).items():
        setattr(place.server.quirks, name, value)
    run = tap.succeed(place.settings(), *NAMES)
    assert set(run.records) == set(NAMES)
    for name in NAMES:
        assert run.records[name], name
        assert len(keys_of(run.output, name)) == len(set(keys_of(run.output, name))), name


def test_numbers_in_quotes_become_numbers(place: Place, tap: Tap) -> None:
    expected = fill(place, 3)
    place.server.quirks.ids_as_text = True
    assert ids(tap.succeed(place.settings(), "apps")) == expected


def test_records_bypass_nothing_when_a_field_is_deselected(place: Place, tap: Tap) -> None:
    catalog = tap.discover(place.settings())
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = stream["tap_stream_id"] == "apps"
            elif entry["breadcrumb"][-1] == "name":
                entry["metadata"]["selected"] = False
    run = tap.succeed(place.settings(), catalog=catalog)
    assert "name" not in run.records["apps"][0]
    whole = tap.succeed(place.settings(), "apps")
    assert [dict(record, name=None) for record in run.records["apps"]] == [
        dict(record, name=None) for record in whole.records["apps"]
    ]


def test_companies_are_for_store_owners(place: Place, tap: Tap) -> None:
    place.server.add_key("plain-key")
    run = tap.fail(place.settings(api_key="plain-key"), "companies", "apps")
    assert "Only store owners may read companies; others read customers." in run.log
    assert run.records["apps"]


def answering(**counters: Any) -> Callable[[int], str]:
    """Make bodies with one app and these counters."""
    return lambda number: json.dumps(
        {"_embedded": {"data": {str(number): {"appId": number}}}, **counters}
    )


def test_a_server_that_sends_one_page_for_ever_is_given_up(place: Place, tap: Tap) -> None:
    body = answering(total_items=10**6, page_size=1, page_count=10**6)(7)
    place.server.faults.add("GET", "/api/v2/apps", Answer(200, body), times=None)
    run = tap.succeed(place.settings(page_size=1), "apps")
    assert ids(run) == [7]
    assert len(place.received("/apps")) < 20
    assert "the server sends the same rows again and again" in run.log


def test_the_last_page_may_count_its_own_rows_as_its_size(place: Place, tap: Tap) -> None:
    for number in (1, 2):
        body = {
            "_embedded": {"data": [{"appId": n} for n in ((1, 2) if number == 1 else (3,))]},
            "total_items": "3",
            "page_size": 3 - number,
            "page_count": "2",
            "page_number": str(number),
        }
        place.server.faults.add(
            "GET",
            "/api/v2/apps",
            Answer(200, json.dumps(body)),
            times=None,
            when=lambda request, number=number: request.query["page"] == [str(number)],  # type: ignore[misc]
        )
    run = tap.succeed(place.settings(page_size=2), "apps")
    assert ids(run) == [1, 2, 3]
    assert place.pages("/apps") == [1, 1, 2]


@pytest.mark.parametrize("body", ["", "[", "{", "null", "7", '"x"', "{}", '{"_embedded":[]}'])
def test_a_body_that_is_no_list_is_told(place: Place, tap: Tap, body: str) -> None:
    place.server.faults.add("GET", "/api/v2/apps", Answer(200, body), times=None)
    run = tap.fail(place.settings(max_retries=0), "apps", "projects")
    assert "apps: GET /api/v2/apps answered 200" in run.log
    assert run.records["projects"]


def test_a_body_nested_too_deeply_is_told(place: Place, tap: Tap) -> None:
    body = "[" * 100_000 + "]" * 100_000
    place.server.faults.add("GET", "/api/v2/apps", Answer(200, body), times=None)
    assert "not as documented (RecursionError" in tap.fail(place.settings(), "apps").log


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"_embedded": [], "total_items": 0},
        {"_embedded": {"data": {}}, "total_items": 0, "page_count": 0},
        {"_embedded": {"data": []}},
    ],
)
def test_a_list_may_be_empty_in_many_ways(place: Place, tap: Tap, body: Any) -> None:
    place.server.faults.add("GET", "/api/v2/apps", Answer(200, json.dumps(body)), times=None)
    assert ids(tap.succeed(place.settings(), "apps")) == []


@pytest.mark.parametrize("wrong", ["x", "", " 7", "\u0667", "1_0", 1.5, True, [1], {"a": 1}])
def test_an_id_that_is_none_is_told(place: Place, tap: Tap, wrong: Any) -> None:
    body = {"_embedded": {"data": [{"appId": wrong, "name": "Quiz"}]}, "total_items": 1}
    place.server.faults.add("GET", "/api/v2/apps", Answer(200, json.dumps(body)), times=None)
    run = tap.fail(place.settings(), "apps", "projects")
    assert "apps: a row" in run.log
    assert run.records["projects"]
