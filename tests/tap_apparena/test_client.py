"""What the client takes for an error, and what it says about one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import ApiError, GatewayError, RequestError
from singer_tapkit.pagination import IncompleteListError
from tap_apparena.page import IdField
from tests.tap_apparena.servers import URL, client

if TYPE_CHECKING:
    from requests_mock import Mocker

APP = IdField(("appId",))
NOT_FOUND = {"status": 404, "message": "App '99999' not found."}


def fail(mocked: Mocker, path: str = "/apps", **answer: Any) -> RequestError:
    mocked.get(URL + path, **answer)
    with pytest.raises(RequestError) as caught:
        client().get_page(path, [], APP)
    return caught.value


@pytest.mark.parametrize("http_status", [404, 200])
def test_an_error_may_state_its_status_under_200(requests_mock: Mocker, http_status: int) -> None:
    error = fail(requests_mock, status_code=http_status, json=NOT_FOUND)

    assert isinstance(error, ApiError)
    assert (error.status, error.detail) == (404, "App '99999' not found.")
    assert "GET /api/v2/apps answered 404: App '99999' not found." in str(error)


@pytest.mark.parametrize("stated", ["503", 503])
def test_a_stated_status_decides_about_retries(requests_mock: Mocker, stated: Any) -> None:
    assert fail(requests_mock, json={"status": stated, "detail": "Wait."}).is_retriable


def test_data_may_have_a_status(requests_mock: Mocker) -> None:
    rows = [{"appId": 7, "status": 404}]
    requests_mock.get(f"{URL}/apps", json={"_embedded": {"data": rows}, "status": 404})

    assert client().get_page("/apps", [], APP).rows == [(7, rows[0])]


@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 403, "text": "<html>Login</html>"},
        {"status_code": 404, "text": "default backend - 404"},
        {"status_code": 404, "json": {"message": "no Route matched with those values"}},
        {"status_code": 404, "json": ["status"]},
        {"status_code": 302, "headers": {"Location": "https://elsewhere.example/x"}},
    ],
)
def test_only_the_apis_own_form_of_errors_is_the_apis(
    requests_mock: Mocker, answer: dict[str, Any]
) -> None:
    assert isinstance(fail(requests_mock, **answer), GatewayError)


@pytest.mark.parametrize(
    ("status", "path", "hint"),
    [
        (400, "/apps", "change 'filters' or 'relations'"),
        (401, "/apps", "Check 'api_key'"),
        (403, "/apps", "lacks the right to read this"),
        (403, "/companies", "Only store owners may read companies"),
        (404, "/apps", "version 2"),
    ],
)
def test_errors_name_a_hint(requests_mock: Mocker, status: int, path: str, hint: str) -> None:
    error = fail(requests_mock, path, status_code=status, json={"status": status, "title": "No"})

    assert f"{status}: No. " in str(error)
    assert hint in str(error)


@pytest.mark.parametrize("status", [200, 416, 520])
def test_data_in_an_error_are_not_quoted(requests_mock: Mocker, status: int) -> None:
    body = {"status": status, "firstName": "Ada", "data": {"email": "a@b.example"}}

    error = fail(requests_mock, status_code=status, json=body)

    assert "Ada" not in str(error)
    assert "a@b.example" not in str(error)


def test_a_body_that_is_cut_is_asked_for_again(
    requests_mock: Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    whole = '{"_embedded": {"data": []}}'
    requests_mock.get(f"{URL}/apps", [{"text": whole[:-5]}, {"text": whole}])

    assert client(max_retries=1).get_page("/apps", [], APP).rows == []


def test_queries_keep_the_documented_brackets(requests_mock: Mocker) -> None:
    requests_mock.get(f"{URL}/apps", json=[])

    client().get_page("/apps", [("filter.name[eq]", "a&b #ü"), ("rel", "a,b")], APP)

    assert requests_mock.request_history[-1].url.endswith(
        "?filter.name[eq]=a%26b+%23%C3%BC&rel=a,b"
    )


def test_a_list_without_pages_that_lacks_rows_is_read_once_more(requests_mock: Mocker) -> None:
    rows = {"a": {"appId": 1}, "b": {"appId": 2}}
    short = {"_embedded": {"data": {"a": rows["a"]}}, "total_items": 2}
    requests_mock.get(f"{URL}/apps", [{"json": short}, {"json": {"_embedded": {"data": rows}}}])

    assert client().get_list("/apps", [], APP).ids == [1, 2]

    requests_mock.get(f"{URL}/apps", json=short)
    with pytest.raises(IncompleteListError, match="1 of 2"):
        client().get_list("/apps", [], APP)


def test_a_list_without_pages_that_has_more_rows_than_it_counts_has_failed(
    requests_mock: Mocker,
) -> None:
    body = {"_embedded": {"data": [{"appId": 1}, {"appId": 2}]}, "total_items": 1}
    requests_mock.get(f"{URL}/apps", json=body)

    with pytest.raises(IncompleteListError, match="other rows than it announces: 2 of 1"):
        client().get_list("/apps", [], APP)
