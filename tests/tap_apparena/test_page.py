"""Each documented shape of a list is read, and everything else is refused.

The bodies are those of the API's documentation, with other values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import InvalidResponseError
from tap_apparena.page import IdField, Page
from tests.tap_apparena.servers import URL, client

if TYPE_CHECKING:
    from requests_mock import Mocker

RECORD = {"appId": 41207, "name": "Harbour photo vote"}
APP = IdField(("appId",))
CONFIG = IdField(("configId",), id_type=str)
VERSION = IdField(("variant", "version"), id_type=str)


def wrap(data: Any, **more: Any) -> dict[str, Any]:
    return {"_links": {"self": {"href": "x"}}, "_embedded": {"data": data}, **more}


def read(mocked: Mocker, body: Any, id_field: IdField = APP) -> Page:
    mocked.get(f"{URL}/apps", json=body)
    return client().get_page("/apps", [], id_field)


@pytest.mark.parametrize(
    "body",
    [wrap({"41207": RECORD}), wrap([RECORD]), [RECORD], wrap(RECORD)],
    ids=["map", "array", "bare array", "flat"],
)
def test_a_row_is_found_in_each_shape(requests_mock: Mocker, body: Any) -> None:
    page = read(requests_mock, body)

    assert page.rows == [(41207, RECORD)]


@pytest.mark.parametrize("body", [wrap([]), wrap({}), []])
def test_the_documented_forms_of_empty_are_empty(requests_mock: Mocker, body: Any) -> None:
    assert read(requests_mock, body).rows == []


@pytest.mark.parametrize(
    "body",
    [
        *({}, None, 7, "text", False, ""),
        {"_embedded": {}},
        {"_embedded": [], "total_items": 0},
        {"0": RECORD},
        *map(wrap, (None, 7, [7])),
        [None],
        wrap([RECORD], total_items="many"),
        wrap([RECORD], page_count=-1),
    ],
)
def test_anything_else_is_refused(requests_mock: Mocker, body: Any) -> None:
    with pytest.raises(InvalidResponseError, match="GET /api/v2/apps answered 200 with"):
        read(requests_mock, body)


@pytest.mark.parametrize("data", [{"1": "text"}, {"1": RECORD, "2": None}, {"name": "Quiz"}])
def test_a_map_with_anything_but_rows_is_refused(requests_mock: Mocker, data: Any) -> None:
    with pytest.raises(InvalidResponseError, match="a row whose appId is no integer"):
        read(requests_mock, wrap(data))


def test_a_row_without_id_has_its_key_in_the_map(requests_mock: Mocker) -> None:
    data = {"1": RECORD, "2": {"name": "Quiz"}, "3": {"appId": None}}

    page = read(requests_mock, wrap(data))

    assert page.ids == [41207, 2, 3]
    assert page.rows[1][1] == {"name": "Quiz", "appId": "2"}


def test_a_version_is_known_by_either_of_two_fields(requests_mock: Mocker) -> None:
    data = {"2.0.0": {"variant": "2.0.0"}, "2.1.0": {"version": "2.1.0"}, "2.2.0": {"name": "x"}}

    assert read(requests_mock, wrap(data), VERSION).ids == ["2.0.0", "2.1.0", "2.2.0"]


@pytest.mark.parametrize("wrong", ["x", "", " 7", "\u0667", "1_0", 1.5, True, [1], {"a": 1}])
def test_an_id_that_is_no_integer_is_refused_without_a_quote(
    requests_mock: Mocker, wrong: Any
) -> None:
    with pytest.raises(InvalidResponseError, match="a row whose appId is no integer") as caught:
        read(requests_mock, wrap([{"appId": wrong, "name": "Ada"}]))

    assert "Ada" not in str(caught.value)


def test_integers_may_come_in_quotes(requests_mock: Mocker) -> None:
    page = read(
        requests_mock,
        wrap({"7": {"appId": "7"}}, total_items="5", page_size="2", page_count="3"),
    )

    assert page.ids == [7]
    assert (page.total, page.count) == (5, 3)


def test_a_page_with_more_rows_than_it_should_have_does_not_count_pages(
    requests_mock: Mocker,
) -> None:
    page = read(requests_mock, wrap([RECORD, RECORD], page_size=1, page_count=2))

    assert page.count is None


@pytest.mark.parametrize(
    ("counters", "is_whole", "is_contradictory"),
    [
        ({}, False, False),
        ({"total_items": 1}, True, False),
        ({"page_count": 1}, True, False),
        ({"page_count": 2}, False, True),
        ({"total_items": 1, "page_size": 0, "page_count": 2}, True, False),
        ({"total_items": 1, "page_size": 1, "page_count": 2}, False, True),
        ({"total_items": 2, "page_count": 1}, False, True),
        ({"total_items": 0, "page_count": 1}, False, True),
        ({"_links": {"next": {"href": "/apps?page=2"}}}, False, True),
        ({"total_items": 1, "_links": {"next": {"href": "/apps?page=2"}}}, False, True),
        ({"total_items": 1, "_links": {"self": {"href": "/apps"}}}, True, False),
        ({"total_items": 1, "_links": []}, True, False),
    ],
)
def test_a_page_tells_whether_there_is_more(
    requests_mock: Mocker, counters: dict[str, Any], *, is_whole: bool, is_contradictory: bool
) -> None:
    page = read(requests_mock, wrap([RECORD], **counters))

    assert (page.is_whole_list, page.is_contradictory) == (is_whole, is_contradictory)
