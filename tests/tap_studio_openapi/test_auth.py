"""The keys in the settings, each of which goes into a header of its own."""

from __future__ import annotations

import pytest
import requests

from tap_studio_openapi.auth import CONNECTIONS, ApiKeyAuth

URL = "https://example.open-api.magicline.com"


def test_the_key_stands_in_its_header() -> None:
    request = requests.Request("GET", "https://a.example", auth=ApiKeyAuth("k-1")).prepare()
    assert request.headers["x-api-key"] == "k-1"


def test_the_key_is_in_no_representation() -> None:
    assert "k-1" not in repr(ApiKeyAuth("k-1"))


@pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}/v1", f"{URL}/v1/", f" {URL} "])
def test_addresses_are_taken_in_any_form(url: str) -> None:
    settings = {"base_url": url, "api_key": "k", "allow_http": False}
    (connection,) = CONNECTIONS.read(settings).chosen
    assert connection.url == URL
