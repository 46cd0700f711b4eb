"""Settings that cannot work are told before anything is sent, and without a key in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_studio_openapi.studios import parse_connections

if TYPE_CHECKING:
    from tests.tap_studio_openapi.command_line import Tap
    from tests.tap_studio_openapi.places import Place

URL = "https://example.open-api.magicline.com"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "Set 'base_url' and 'api_key', or 'connections'"),
        ({"api_key": "sentinel"}, "must be an address like"),
        ({"base_url": URL}, "'api_key' is missing"),
        ({"base_url": "example", "api_key": "sentinel"}, "must be an address like"),
        ({"base_url": "http://studio.example", "api_key": "sentinel"}, "unencrypted"),
        ({"base_url": f"{URL}?key=sentinel", "api_key": "k"}, "nor anything after ? or #"),
        ({"base_url": "https://u:sentinel@a.example", "api_key": "k"}, "neither user and password"),
        ({"base_url": URL, "api_key": "two sentinels"}, "holds blanks"),
        ({"base_url": URL, "api_key": ["sentinel"]}, "***"),
        ({"connections": [{"name": "a", "base_url": URL, "api_key": {"k": "sentinel"}}]}, "***"),
        ({"connections": [{"name": "a", "base_url": URL, "key": "sentinel"}]}, "api_key"),
        (
            {"connections": [{"name": "a", "base_url": URL, "api_key": "sentinel"}] * 2},
            "are called",
        ),
        ({"base_url": URL, "api_key": "k", "max_concurrency": 0}, "less than the minimum"),
        ({"base_url": URL, "api_key": "k", "customer_statuses": []}, "at least one status"),
        ({"base_url": URL, "api_key": "k", "start_date": "soon"}, "must be a date"),
    ],
)
def test_settings_that_cannot_work_are_told(tap: Tap, settings: dict[str, Any], told: str) -> None:
    finished = tap.run_with(settings=settings)

    assert finished.returncode != 0
    assert told in finished.stderr
    assert "sentinel" not in finished.stderr
    assert finished.stdout == ""


@pytest.mark.parametrize("given", [URL, f"{URL}/", f"{URL}/v1", f"{URL}/v1/", f" {URL} "])
def test_addresses_are_taken_in_any_form(given: str) -> None:
    (connection,) = parse_connections({"base_url": given, "api_key": "k", "allow_http": False})

    assert connection.url == URL


def test_requests_say_who_sends_them_in_which_language(place: Place, tap: Tap) -> None:
    tap.succeed(place.one(user_agent="our-warehouse", accept_language="de"), "devices")

    headers = place.received("/v1/devices")[0].headers
    assert headers["user-agent"] == "our-warehouse"
    assert headers["accept-language"] == "de"
    assert headers["accept"] == "application/json"
