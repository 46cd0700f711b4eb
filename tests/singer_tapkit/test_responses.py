"""What responses are taken for, and the time by the clock of the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from requests_mock import ANY
from typing_extensions import override

from singer_tapkit.client import HttpClient
from singer_tapkit.errors import (
    ApiError,
    GatewayError,
)
from singer_tapkit.responses import ErrorBody
from tests.singer_tapkit.api_client import (
    API,
    LOGGER,
    OK,
    PAGE,
    REFUSED,
    App,
    CountingAuth,
    open_client,
    remove_jitter,
)

if TYPE_CHECKING:
    from requests import Response
    from requests_mock import Mocker


A_MINUTE = timedelta(minutes=1)


def test_a_refusal_is_raised_at_once_in_the_words_of_the_api(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    requests_mock.get(f"{API}/apps", **REFUSED)

    with pytest.raises(ApiError) as error:
        open_client().get_json("/apps", App, params={"key": "sentinel"})

    assert str(error.value) == "GET /v1/apps answered 403: no scope. Ask for the scope."
    assert (error.value.status, error.value.detail) == (403, "no scope")
    assert sleeps == []


def test_a_part_that_was_not_asked_for_is_no_response(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    part, whole = {"status_code": 206, "json": {"id": 1}}, {"json": {"id": 2}}
    requests_mock.get(f"{API}/apps", [part, whole])

    assert open_client().get_json("/apps", App) == App(2)
    assert len(sleeps) == 1


def test_an_error_may_have_a_status_and_a_code_in_its_body(requests_mock: Mocker) -> None:
    class Client(HttpClient):
        @override
        def validate_response(self, response: Response) -> None:
            super().validate_response(response)
            if "error" in response.json():
                raise self.build_error(response, status=404)

        @override
        def read_error_body(self, body: Any) -> ErrorBody | None:
            return ErrorBody("", code=body["error"])

    requests_mock.get(f"{API}/apps", json={"error": "E404"}, reason="OK")

    with pytest.raises(ApiError, match="answered 404: OK") as error:
        Client([API], logger=LOGGER).get_json("/apps", App)

    assert (error.value.status, error.value.code) == (404, "E404")


@pytest.mark.parametrize(
    "foreign",
    [
        {"text": PAGE, "headers": {"Content-Type": "text/html"}},
        {"text": "default backend - 404 sentinel"},
        {"text": ""},
        {"json": {"firstName": "sentinel"}},
        {"json": {"message": {"sentinel": 1}}},
        {"json": ["sentinel"]},
        {"content": b'{"message":"sentinel'},
    ],
)
@pytest.mark.parametrize("status", [401, 403, 404, 416])
def test_what_is_not_in_the_words_of_the_api_is_from_something_else_and_not_quoted(
    requests_mock: Mocker, sleeps: list[float], status: int, foreign: dict[str, Any]
) -> None:
    requests_mock.get(f"{API}/apps", status_code=status, **foreign)

    with pytest.raises(GatewayError) as error:
        open_client().get_json("/apps", App)

    assert error.value.status == status
    assert f"GET /v1/apps answered {status}" in str(error.value)
    assert "Ask for the scope" not in str(error.value)
    assert "sentinel" not in str(error.value)
    assert remove_jitter(sleeps) == [2, 4]


def test_credentials_in_the_words_of_the_api_are_masked(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/apps", status_code=401, json={"message": "unknown: signature-1"})

    with pytest.raises(ApiError, match=r"unknown: \*\*\*") as error:
        open_client(auth=CountingAuth()).get_json("/apps", App)

    assert error.value.detail == "unknown: ***"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("target", "place"),
    [
        (
            "https://me:sentinel@login.example/sign%20in?key=sentinel#sentinel",
            "https://login.example/sign%20in. ",
        ),
        ("http://[::1", "http://[::1. "),
        ("//", "//. "),
        ("http://sentinel@[", "http://[. "),
    ],
)
def test_a_redirect_is_named_but_not_followed(
    requests_mock: Mocker, sleeps: list[float], status: int, target: str, place: str
) -> None:
    requests_mock.get(ANY, status_code=status, headers={"Location": target})

    with pytest.raises(GatewayError, match=f"answered {status}: a redirect to ") as error:
        open_client().get_json("/apps", App)

    assert (requests_mock.call_count, sleeps) == (1, [])
    assert f"a redirect to {place}{HttpClient.redirect_hint}" in str(error.value)
    assert "sentinel" not in str(error.value)


MOMENT = datetime(2026, 5, 1, tzinfo=UTC)


def make_date(offset: timedelta) -> dict[str, str]:
    """Return the header of a server whose clock is ahead."""
    return {"Date": format_datetime(datetime.now(UTC) + offset, usegmt=True)}


@pytest.mark.parametrize("ahead", [timedelta(days=-400), timedelta(0), timedelta(hours=2)])
def test_the_time_is_that_of_the_server_in_its_latest_response(
    requests_mock: Mocker, ahead: timedelta
) -> None:
    refusal = {"headers": make_date(ahead), **REFUSED}
    requests_mock.get(ANY, [{"headers": make_date(timedelta(days=1)), **OK}, refusal])
    client = open_client()

    client.request("GET", "/apps")
    with pytest.raises(ApiError):
        client.request("GET", "/apps")

    assert abs(client.server_time() - datetime.now(UTC) - ahead) < A_MINUTE
    assert abs(client.server_time(MOMENT) - MOMENT - ahead) < A_MINUTE


def test_each_server_has_its_own_clock(requests_mock: Mocker) -> None:
    requests_mock.get(ANY, headers=make_date(timedelta(days=-1)), **OK)
    client = open_client()

    client.send("GET", "/apps", base_url="https://other.example/v2")

    assert client.server_time(MOMENT) == MOMENT
    other = client.server_time(MOMENT, base_url="https://other.example")
    assert abs(other - MOMENT + timedelta(days=1)) < A_MINUTE


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0101 00:00:00 +0500",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    ],
)
def test_a_server_that_tells_no_time_leaves_the_local_one(requests_mock: Mocker, date: str) -> None:
    requests_mock.get(f"{API}/apps", headers={"Date": date}, **OK)
    client = open_client()

    client.request("GET", "/apps")

    assert client.server_time(MOMENT) == MOMENT
