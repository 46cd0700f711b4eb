"""The key of a studio goes into its own header."""

from __future__ import annotations

import requests

from tap_studio_openapi.auth import ApiKeyAuth


def test_the_key_stands_in_its_header() -> None:
    request = requests.Request("GET", "https://a.example", auth=ApiKeyAuth("k-1")).prepare()
    assert request.headers["x-api-key"] == "k-1"


def test_the_key_is_in_no_representation() -> None:
    assert "k-1" not in repr(ApiKeyAuth("k-1"))
