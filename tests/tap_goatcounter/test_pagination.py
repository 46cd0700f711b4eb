"""The three ways in which GoatCounter hands out long lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import InvalidResponseError
from tap_goatcounter.pagination import (
    CursorPaginator,
    ExclusionPaginator,
    OffsetPaginator,
    RowsPaginator,
    StatsPage,
    read_rows,
)
from tests.tap_goatcounter.responses import API, SITE, build_visited, open_client

if TYPE_CHECKING:
    from requests_mock import Mocker

    from tap_goatcounter.client import GoatCounterClient


def build_counts(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "count": 1} for name in names]


def build_paths(*ids: int, text: str = "/{}") -> list[dict[str, Any]]:
    return [{"id": id_, "path": text.format(id_)} for id_ in ids]


def read(client: GoatCounterClient, path: str, paginator: RowsPaginator) -> list[dict[str, Any]]:
    pages = read_rows(client, SITE, path, {"start": "x"}, paginator)
    return [row for rows in pages for row in rows]


def list_values(requests_mock: Mocker, name: str) -> list[str | None]:
    return [request.qs.get(name, [None])[0] for request in requests_mock.request_history]


def test_an_offset_counts_what_really_came(requests_mock: Mocker) -> None:
    pages = [
        {"json": {"stats": build_counts("a", "b"), "more": True}},
        {"json": {"stats": build_counts("c"), "more": True}},
        {"json": {"stats": build_counts("d"), "more": False}},
    ]
    requests_mock.get(f"{API}/stats/toprefs", pages)
    client = open_client()
    rows = read(client, "/stats/toprefs", OffsetPaginator(client, StatsPage))
    assert [row["name"] for row in rows] == ["a", "b", "c", "d"]
    assert list_values(requests_mock, "offset") == ["0", "2", "3"]
    assert list_values(requests_mock, "start") == ["x"] * 3


def test_an_offset_that_the_server_ignores_is_an_error(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/stats/sizes", json={"stats": build_counts("a"), "more": True})
    client = open_client()
    with pytest.raises(InvalidResponseError, match="does not end"):
        read(client, "/stats/sizes", OffsetPaginator(client, StatsPage))


@pytest.mark.parametrize(
    "page",
    [
        {"stats": build_counts("a")},
        {"stats": build_counts("a"), "more": None},
        {"stats": None, "more": False},
        {"more": False},
        {"stats": [{"count": 1}], "more": False},
        {"stats": [{"name": "a", "count": "1"}], "more": False},
        {"stats": [{"name": None, "count": 1}], "more": False},
    ],
)
def test_a_page_that_is_not_as_documented_is_an_error(
    requests_mock: Mocker, page: dict[str, Any]
) -> None:
    requests_mock.get(f"{API}/stats/sizes", json=page)
    client = open_client()
    with pytest.raises(InvalidResponseError, match="/stats/sizes"):
        read(client, "/stats/sizes", OffsetPaginator(client, StatsPage))


def test_paths_that_came_are_excluded(requests_mock: Mocker) -> None:
    pages = [
        {"json": {"hits": [build_visited(7), build_visited(3)], "more": True}},
        {"json": {"hits": [build_visited(5)], "more": False}},
    ]
    requests_mock.get(f"{API}/stats/hits", pages)
    client = open_client()
    rows = read(client, "/stats/hits", ExclusionPaginator(client))
    assert [row["path_id"] for row in rows] == [7, 3, 5]
    assert list_values(requests_mock, "exclude_paths") == [None, "7,3"]


def test_an_exclusion_that_the_server_ignores_is_an_error(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/stats/hits", json={"hits": [build_visited(7)], "more": True})
    client = open_client()
    with pytest.raises(InvalidResponseError, match="does not end"):
        read(client, "/stats/hits", ExclusionPaginator(client))


def test_a_cursor_follows_the_largest_id(requests_mock: Mocker) -> None:
    pages = [
        {"json": {"paths": build_paths(2, 10), "more": True}},
        {"json": {"paths": build_paths(11), "more": False}},
    ]
    requests_mock.get(f"{API}/paths", pages)
    client = open_client()
    paginator = CursorPaginator(client)
    assert [row["id"] for row in read(client, "/paths", paginator)] == [2, 10, 11]
    assert list_values(requests_mock, "after") == [None, "10"]
    assert not paginator.has_gaps


@pytest.mark.parametrize(
    "first",
    [build_paths(1, 5, 3), build_paths(1, 2, 5), []],
    ids=["not by id", "by id as by text", "without rows"],
)
def test_pages_that_may_be_sorted_by_text_have_gaps(
    requests_mock: Mocker, first: list[dict[str, Any]]
) -> None:
    pages = [
        {"json": {"paths": first, "more": True}},
        {"json": {"paths": [], "more": False}},
    ]
    requests_mock.get(f"{API}/paths", pages)
    client = open_client()
    paginator = CursorPaginator(client)
    assert read(client, "/paths", paginator) == first
    assert paginator.has_gaps


def test_a_cursor_that_does_not_grow_ends_the_list_with_gaps(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/paths", json={"paths": build_paths(4, 3), "more": True})
    client = open_client()
    paginator = CursorPaginator(client)
    assert len(read(client, "/paths", paginator)) == 4
    assert list_values(requests_mock, "after") == [None, "4"]
    assert paginator.has_gaps
