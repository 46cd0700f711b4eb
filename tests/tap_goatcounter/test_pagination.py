"""The three ways in which GoatCounter hands out long lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import InvalidResponseError
from tap_goatcounter.pagination import (
    CursorPaginator,
    ExclusionPaginator,
    OffsetPaginator,
    StatsPage,
    read_rows,
)
from tests.tap_goatcounter.responses import API, SITE, build_visited, open_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests_mock import Mocker

Row = dict[str, Any]

PAGINATORS: dict[str, Callable[..., Any]] = {
    "/stats/browsers": lambda client: OffsetPaginator(client, StatsPage),
    "/stats/hits": ExclusionPaginator,
    "/paths": CursorPaginator,
}


def count(name: str) -> Row:
    return {"name": name, "count": 1}


def build_paths(*ids: int) -> list[Row]:
    return [{"id": id_, "path": f"/{id_}"} for id_ in ids]


def read(requests_mock: Mocker, path: str, *pages: Row) -> tuple[list[Row], Any]:
    """Return the rows of a list, whose last page is sent again and again, and its paginator."""
    requests_mock.get(f"{API}{path}", [{"json": page} for page in pages])
    client = open_client()
    paginator = PAGINATORS[path](client)
    found = read_rows(client, SITE, path, {"start": "x"}, paginator)
    return [row for rows in found for row in rows], paginator


def list_values(requests_mock: Mocker, name: str) -> list[str | None]:
    return [request.qs.get(name, [None])[0] for request in requests_mock.request_history]


@pytest.mark.parametrize(
    ("path", "field", "pages", "parameter", "asked"),
    [
        (
            *("/stats/browsers", "stats", [[count("a"), count("b")], [count("c")], [count("d")]]),
            *("offset", ["0", "2", "3"]),
        ),
        (
            *("/stats/hits", "hits", [[build_visited(7), build_visited(3)], [build_visited(5)]]),
            *("exclude_paths", [None, "7,3"]),
        ),
        ("/paths", "paths", [build_paths(2, 10), build_paths(11)], "after", [None, "10"]),
    ],
)
def test_a_list_goes_on_behind_what_really_came(
    requests_mock: Mocker,
    path: str,
    field: str,
    pages: list[list[Row]],
    parameter: str,
    asked: list[str | None],
) -> None:
    bodies = [{field: rows, "more": rows is not pages[-1]} for rows in pages]
    found, paginator = read(requests_mock, path, *bodies)
    assert found == [row for rows in pages for row in rows]
    assert list_values(requests_mock, parameter) == asked
    assert list_values(requests_mock, "start") == ["x"] * len(pages)
    assert not getattr(paginator, "has_gaps", False)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/stats/browsers", {"stats": [count("a")], "more": True}),
        ("/stats/hits", {"hits": [build_visited(7)], "more": True}),
    ],
)
def test_a_parameter_that_the_server_ignores_is_an_error(
    requests_mock: Mocker, path: str, page: Row
) -> None:
    with pytest.raises(InvalidResponseError, match="does not end"):
        read(requests_mock, path, page)


@pytest.mark.parametrize(
    "page",
    [
        {"stats": [count("a")]},
        {"stats": [count("a")], "more": None},
        {"stats": None, "more": False},
        {"more": False},
        {"stats": [{"count": 1}], "more": False},
        {"stats": [{"name": "a", "count": "1"}], "more": False},
        {"stats": [{"name": None, "count": 1}], "more": False},
    ],
)
def test_a_page_that_is_not_as_documented_is_an_error(requests_mock: Mocker, page: Row) -> None:
    with pytest.raises(InvalidResponseError, match="/stats/browsers"):
        read(requests_mock, "/stats/browsers", page)


@pytest.mark.parametrize(
    "first",
    [build_paths(1, 5, 3), build_paths(1, 2, 5), []],
    ids=["not by id", "by id as by text", "without rows"],
)
def test_pages_that_may_be_sorted_by_text_have_gaps(
    requests_mock: Mocker, first: list[Row]
) -> None:
    pages = {"paths": first, "more": True}, {"paths": [], "more": False}
    found, paginator = read(requests_mock, "/paths", *pages)
    assert found == first
    assert paginator.has_gaps


def test_a_cursor_that_does_not_grow_ends_the_list_with_gaps(requests_mock: Mocker) -> None:
    found, paginator = read(requests_mock, "/paths", {"paths": build_paths(4, 3), "more": True})
    assert len(found) == 4
    assert list_values(requests_mock, "after") == [None, "4"]
    assert paginator.has_gaps
