"""Lists page by page, held against what they say of themselves."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import InvalidResponseError
from singer_tapkit.pagination import IncompleteListError
from tap_gotom.pagination import read_list
from tests.tap_gotom.servers import make_client

if TYPE_CHECKING:
    from requests_mock import Mocker

PATH = "/app-api/customer"
BASE_URL = "https://acme.gotom.io"


def build_page(number: int, last: int, total: int, *ids: int, **more: Any) -> dict[str, Any]:
    following = f"https://evil.example/x?a=1&page={number + 1}" if number < last else None
    pagination = {
        "totalItems": total,
        "perPage": 2,
        "currentPage": number,
        "lastPage": last,
        "nextPageUrl": following,
        **more,
    }
    return {"pagination": pagination, "items": [{"id": item} for item in ids]}


def read(requests_mock: Mocker, *pages: dict[str, Any]) -> list[int]:
    requests_mock.get(BASE_URL + PATH, [{"json": item} for item in pages])
    rows = read_list(make_client(BASE_URL), PATH, itemgetter("id"))
    return [row["id"] for row in rows]


def read_queries(requests_mock: Mocker) -> list[str]:
    return [request.query for request in requests_mock.request_history]


def test_pages_are_asked_for_by_number_at_the_configured_host(requests_mock: Mocker) -> None:
    pages = [build_page(1, 3, 5, 1, 2), build_page(2, 3, 5, 3, 4), build_page(3, 3, 5, 5)]
    assert read(requests_mock, *pages) == [1, 2, 3, 4, 5]
    assert read_queries(requests_mock) == ["", "page=2", "page=3"]


@pytest.mark.parametrize("last", [0, 1])
def test_an_empty_list_has_one_page(requests_mock: Mocker, last: int) -> None:
    assert read(requests_mock, build_page(1, last, 0, nextPageUrl=None)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"nextPageUrl": None},
        {"nextPageUrl": "/x?page=1"},
        {"nextPageUrl": "/x?page=0"},
        {"nextPageUrl": "/x?page=-1"},
        {"nextPageUrl": "/x"},
        {"nextPageUrl": "/x?page=two"},
        {"currentPage": 3, "nextPageUrl": None},
        {"totalItems": None},
        {"lastPage": "3"},
    ],
    ids=str,
)
def test_a_page_that_does_not_say_how_it_goes_on_fails(
    requests_mock: Mocker, more: dict[str, Any]
) -> None:
    with pytest.raises(InvalidResponseError):
        read(requests_mock, build_page(1, 3, 5, 1, 2, **more))


@pytest.mark.parametrize("name", ["totalItems", "currentPage", "lastPage"])
def test_a_page_without_a_field_fails(requests_mock: Mocker, name: str) -> None:
    answer = build_page(1, 1, 1, 1)
    del answer["pagination"][name]
    with pytest.raises(InvalidResponseError, match=name):
        read(requests_mock, answer)


def test_the_last_page_need_not_name_a_next_one(requests_mock: Mocker) -> None:
    pages = [build_page(1, 2, 3, 1, 2), build_page(2, 2, 3, 3)]
    del pages[-1]["pagination"]["nextPageUrl"]

    assert read(requests_mock, *pages) == [1, 2, 3]


def test_a_page_before_the_last_that_names_no_next_one_fails(requests_mock: Mocker) -> None:
    answer = build_page(1, 2, 3, 1, 2)
    del answer["pagination"]["nextPageUrl"]

    with pytest.raises(InvalidResponseError, match="names no page after that"):
        read(requests_mock, answer)


LACKING = [build_page(1, 2, 3, 1, 2), build_page(2, 2, 3)]
CHANGING = [build_page(1, 2, 3, 1, 2), build_page(2, 2, 4, 3, 4)]
SHIFTED = [build_page(1, 2, 4, 1, 2), build_page(2, 2, 4, 2, 3)]
TOO_LONG = [build_page(1, 2, 3, 1, 2), build_page(2, 2, 3, 3, 4)]


@pytest.mark.parametrize(
    ("pages", "ids"),
    [
        ([build_page(1, 1, 3, 1, 2, nextPageUrl="/x?page=2"), build_page(2, 2, 3, 3)], [1, 2, 3]),
        ([build_page(1, 2, 3, 1, 1), build_page(2, 2, 3, 2)], [1, 1, 2]),
        ([*LACKING, build_page(1, 2, 3, 1, 2), build_page(2, 2, 3, 3)], [1, 2, 3]),
        ([*CHANGING, build_page(1, 2, 3, 2, 3), build_page(2, 2, 3, 4)], [2, 3, 4]),
        ([*SHIFTED, build_page(1, 2, 4, 5, 1), build_page(2, 2, 4, 2, 3)], [5, 1, 2, 3]),
    ],
    ids=["a page behind the last", "a row twice on a page", "lacks rows", "changes", "shifts"],
)
def test_a_list_is_read_once_more_where_it_must_be(
    requests_mock: Mocker, pages: list[dict[str, Any]], ids: list[int]
) -> None:
    assert read(requests_mock, *pages) == ids
    assert requests_mock.call_count == len(pages)


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        (LACKING, "announced 3 rows, but 2 came"),
        (TOO_LONG, "announced 3 rows, but 4 came"),
        (CHANGING, "changed while it was read"),
        (SHIFTED, "changed while it was read"),
    ],
)
def test_a_list_that_is_as_wrong_again_has_failed(
    requests_mock: Mocker, pages: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(IncompleteListError, match=words):
        read(requests_mock, *pages * 2)


def test_a_later_page_that_is_not_there_is_no_absent_list(requests_mock: Mocker) -> None:
    gone = {"type": "about:blank", "title": "Error", "status": 404, "detail": "Not Found"}
    first = {"json": build_page(1, 2, 3, 1, 2)}
    second, missing = {"json": build_page(2, 2, 3, 3)}, {"json": gone, "status_code": 404}
    requests_mock.get(BASE_URL + PATH, [first, missing, first, second])
    assert len(list(read_list(make_client(BASE_URL), PATH))) == 3

    requests_mock.get(BASE_URL + PATH, [first, missing] * 2)
    with pytest.raises(IncompleteListError, match="announced is not there"):
        list(read_list(make_client(BASE_URL), PATH))
