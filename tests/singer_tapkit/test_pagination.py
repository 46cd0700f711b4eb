"""Lists in pages: all of them, and never for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.pagination import BaseAPIPaginator, OffsetPaginator
from typing_extensions import override

from singer_tapkit.body import decode_json
from singer_tapkit.errors import InvalidResponseError, NoResponseError
from singer_tapkit.pagination import IncompleteListError, PagePaginator, read_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from requests import Response


class Page(msgspec.Struct):
    """A page of a list."""

    rows: list[int]
    next: str | int | None = None
    total: int | None = None


class Paginator(PagePaginator[Any, Page]):
    """How the list of the tests goes on."""

    decoded = 0

    @override
    def parse_page(self, response: Response) -> Page:
        self.decoded += 1
        return decode_json(response, Page)

    @override
    def get_rows(self, page: Page) -> list[int]:
        return page.rows

    @override
    def next_token(self, page: Page) -> Any:
        return page.next


class CountingPaginator(Paginator):
    """The same for a list with its length."""

    @override
    def get_total(self, page: Page) -> int | None:
        return page.total


class FullPagePaginator(Paginator, OffsetPaginator):
    """A list that goes on until a page is not full."""

    @override
    def next_token(self, page: Page) -> int | None:
        return OffsetPaginator.get_next(self, requests.Response()) if len(page.rows) == 2 else None


class Server:
    """Answers with the page at each token."""

    def __init__(self, pages: dict[Any, Page]) -> None:
        """Begin with no requests."""
        self.pages = pages
        self.tokens: list[Any] = []
        self.cuts: list[int] = []

    def fetch(self, token: Any) -> Response:
        """Return the page at a token."""
        self.tokens.append(token)
        response = requests.Response()
        response.status_code = 200
        response.request = requests.Request("GET", "https://api.example/rows?key=s").prepare()
        body = msgspec.json.encode(self.pages[token])
        cut = self.cuts.pop() if self.cuts else 0
        response._content = body[: len(body) - cut]  # noqa: SLF001 - no other way
        response.url = "https://api.example/rows"
        return response


def read(server: Server, paginator: PagePaginator[Any, Page] | None = None) -> list[int]:
    """Return all rows of a list."""
    pages = read_pages(paginator or Paginator(0), server.fetch)
    return [row for page in pages for row in page.rows]


def read_until_error(
    server: Server, paginator: PagePaginator[Any, Page]
) -> tuple[list[int], InvalidResponseError]:
    """Return the rows before the error, and the error."""
    rows: list[int] = []
    pages = read_pages(paginator, server.fetch)
    with pytest.raises(InvalidResponseError) as error:  # noqa: PT012 - the rows before count
        for page in pages:
            rows += page.rows
    return rows, error.value


def test_pages_follow_each_other() -> None:
    server = Server({0: Page([1, 2], "b"), "b": Page([3], "c"), "c": Page([4])})
    paginator = Paginator(0)

    assert read(server, paginator) == [1, 2, 3, 4]
    assert server.tokens == [0, "b", "c"]
    assert (paginator.count, paginator.finished, paginator.decoded) == (3, True, 3)


def test_a_paginator_is_one_of_the_sdk() -> None:
    server = Server({0: Page([1, 2]), 2: Page([3, 4]), 4: Page([])})

    assert isinstance(Paginator(0), BaseAPIPaginator)
    assert read(server, FullPagePaginator(start_value=0, page_size=2)) == [1, 2, 3, 4]


@pytest.mark.parametrize("rows", [[], [1]])
def test_a_list_of_one_page_is_asked_for_once(rows: list[int]) -> None:
    server = Server({0: Page(rows, total=len(rows))})
    paginator = CountingPaginator(0)

    assert read(server, paginator) == rows
    assert read(server, paginator) == []
    assert server.tokens == [0]


def test_a_page_is_handed_out_before_the_next_is_asked_for() -> None:
    server = Server({0: Page([1], 1), 1: Page([2])})
    pages = read_pages(Paginator(0), server.fetch)

    next(pages)

    assert server.tokens == [0]


def test_a_single_empty_page_does_not_end_a_list() -> None:
    server = Server({0: Page([], 1), 1: Page([], 2), 2: Page([7])})

    assert read(server) == [7]


@pytest.mark.parametrize(
    ("pages", "place"),
    [
        ({0: Page([1], 1), 1: Page([2], 2), 2: Page([3], 1)}, "after 3 pages it leads to 1"),
        ({0: Page([1], 0)}, "after 1 pages it leads to 0, where it has been"),
        ({0: Page([1], "a"), "a": Page([2], "a")}, "after 2 pages it leads to 'a'"),
        ({0: Page([1], "")}, "it leads to '', which is no place"),
        ({5: Page([1], 0)}, "it leads to 0, which is no place"),
    ],
)
def test_a_list_that_leads_in_circles_fails(pages: dict[Any, Page], place: str) -> None:
    _, error = read_until_error(Server(pages), Paginator(next(iter(pages))))

    assert str(error).startswith("GET /rows answered with a list that does not end")
    assert place in str(error)


@pytest.mark.parametrize("rows", [[], [1, 2]])
def test_a_list_that_brings_no_more_rows_fails(rows: Sequence[int]) -> None:
    pages = {token: Page(list(rows), token + 1) for token in range(100)}
    server = Server({**pages, 0: Page([1, 2], 1)})

    read_rows, error = read_until_error(server, Paginator(0))

    assert "brings no more rows" in str(error)
    assert read_rows[:2] == [1, 2]
    assert len(server.tokens) == 4


@pytest.mark.parametrize("total", [0, 2, 5])
def test_a_list_of_another_length_than_announced_fails_after_its_last_page(total: int) -> None:
    server = Server({0: Page([1, 2], 1, total=total), 1: Page([3], total=total)})

    rows, error = read_until_error(server, CountingPaginator(0))

    assert rows == [1, 2, 3]
    assert isinstance(error, IncompleteListError)
    assert str(error) == f"GET /rows announced {total} rows, but 3 came."


@pytest.mark.parametrize("total", [3, None])
def test_what_the_last_page_announces_counts(total: int | None) -> None:
    server = Server({0: Page([1, 2], 1, total=9), 1: Page([3], total=total)})

    assert read(server, CountingPaginator(0)) == [1, 2, 3]


def test_a_page_that_is_not_as_documented_fails_the_list() -> None:
    server = Server({0: Page(["one"], 1)})  # type: ignore[list-item]

    with pytest.raises(InvalidResponseError, match=r"got `str` - at `\$\.rows\[0\]`"):
        read(server)


def test_a_page_that_is_cut_is_fetched_once_more() -> None:
    server = Server({0: Page([1], 1), 1: Page([2])})
    server.cuts = [3, 3, 0, 3, 0]

    assert read(server) == [1, 2]
    assert server.tokens == [0, 1, 1]
    with pytest.raises(NoResponseError, match="ends before its end"):
        read(server)


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 9), min_size=1), st.integers(0, 2)),
        min_size=1,
        max_size=20,
    )
)
def test_any_list_without_circles_is_read_whole(parts: list[tuple[list[int], int]]) -> None:
    contents: list[list[int]] = []
    for number, (rows, empty) in enumerate(parts):
        contents += [[row + 10 * number for row in rows], *[[]] * empty]
    last = len(contents) - 1
    total = sum(map(len, contents))
    server = Server(
        {
            number: Page(rows, number + 1 if number < last else None, total)
            for number, rows in enumerate(contents)
        }
    )

    assert read(server, CountingPaginator(0)) == [row for rows in contents for row in rows]
