"""How GoatCounter is talked to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from requests import Request

from singer_tapkit.errors import ApiError, GatewayError
from tap_goatcounter.client import QueryTooLargeError
from tap_goatcounter.hints import HINTS
from tests.tap_goatcounter.responses import API, PAGE, SITE, URL, open_client

if TYPE_CHECKING:
    from requests_mock import Mocker


def test_what_goes_out_with_every_request(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/paths", json=[])
    open_client(user_agent="warehouse").read(SITE, "/paths", list, {"limit": 200})
    (sent,) = requests_mock.request_history
    assert sent.qs == {"limit": ["200"]}
    assert sent.headers["Authorization"] == "Bearer t0ken"
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["User-Agent"] == "warehouse"


def test_a_site_behind_another_ones_address_is_named_as_the_host(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/paths", json=[])
    open_client().read(replace(SITE, host="child.example"), "/paths", list)
    assert requests_mock.request_history[0].headers["Host"] == "child.example"


def test_the_status_lies_outside_of_the_api(requests_mock: Mocker) -> None:
    requests_mock.get(f"{URL}/status", json={})
    assert open_client().read(SITE, "/status", dict) == {}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "unknown token"}, "unknown token"),
        ({"errors": {"id": ["must be a number"]}}, "id: must be a number"),
        ({"errors": {"0": "no such hit"}}, "0: no such hit"),
    ],
)
def test_an_error_in_the_form_of_the_api_is_reported_in_its_words(
    requests_mock: Mocker, body: dict[str, Any], words: str
) -> None:
    requests_mock.get(f"{API}/me", status_code=401, json=body)
    with pytest.raises(ApiError) as refused:
        open_client().read(SITE, "/me", dict)
    assert (refused.value.status, refused.value.detail) == (401, words)
    assert HINTS[401] in str(refused.value)


@pytest.mark.parametrize(
    "response", [PAGE, {"text": "default backend - 404"}, {"json": {"message": "x"}}, {"json": []}]
)
def test_an_error_in_another_form_is_from_something_in_between(
    requests_mock: Mocker, response: dict[str, Any]
) -> None:
    requests_mock.get(f"{API}/me", status_code=404, **response)
    with pytest.raises(GatewayError):
        open_client().read(SITE, "/me", dict)


def test_a_time_out_in_plain_text_is_the_servers_own(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/me", status_code=504, text="Server timed out")
    with pytest.raises(ApiError, match="Server timed out"):
        open_client().read(SITE, "/me", dict)


@pytest.mark.parametrize(
    ("status", "response"),
    [
        (414, PAGE),
        (431, PAGE),
        (504, PAGE),
        (400, PAGE),
        (504, {"json": {"error": "server timed out loading data"}}),
    ],
)
def test_what_is_too_much_at_once_is_not_repeated_if_it_can_be_split(
    requests_mock: Mocker, status: int, response: dict[str, Any]
) -> None:
    requests_mock.get(f"{API}/stats/hits", status_code=status, **response)
    with pytest.raises(QueryTooLargeError):
        open_client(max_retries=5).fetch(SITE, "/stats/hits", dict, is_splittable=True)
    assert requests_mock.call_count == 1


def test_a_bad_request_in_the_words_of_the_api_is_not_too_large(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/stats/hits", status_code=400, json={"error": "bad date"})
    with pytest.raises(ApiError):
        open_client().fetch(SITE, "/stats/hits", dict, is_splittable=True)


def test_all_sites_share_one_limit_as_servers_count_addresses() -> None:
    urls = ("https://a.goatcounter.com", "https://b.goatcounter.com")
    requests = [Request("GET", url).prepare() for url in urls]
    assert len(set(map(open_client().rate_limit_key, requests))) == 1


@pytest.mark.parametrize(
    ("setting", "limits"),
    [
        ({}, [(4, 1.0), (500, 3600.0)]),
        ({"requests_per_hour": 0}, [(4, 1.0)]),
        ({"requests_per_hour": 90}, [(4, 1.0), (90, 3600.0)]),
    ],
)
def test_the_hourly_limit_is_the_servers_unless_the_settings_name_another(
    setting: dict[str, int], limits: list[tuple[int, float]]
) -> None:
    client = open_client(requests_per_second=4, **setting)
    client.expect_hourly_limit()
    windows = client._limiter._windows  # noqa: SLF001
    assert [(window.limit, window.seconds) for window in windows] == limits


def test_slices_share_the_limits_as_a_server_counts_them_together() -> None:
    client = open_client(requests_per_second=4, requests_per_hour=500, slices=8)
    windows = client._limiter._windows  # noqa: SLF001
    assert [(window.limit, window.seconds) for window in windows] == [(1, 2.0), (62, 3600.0)]
