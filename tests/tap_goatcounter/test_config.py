"""The settings, and the credentials that are read from them."""

from __future__ import annotations

from typing import Any

import pytest
from singer_sdk.exceptions import ConfigValidationError

from tap_goatcounter.config import SETTINGS, SITES, SiteCredentials

TOKEN = "gc7d1e5f0a9b3c2d4e6f8a0b1c3d5e7f9a2b4c6d8e0f1a3b5c"  # noqa: S105
URL = "https://stats.example.com"


def read(**settings: Any) -> list[SiteCredentials]:
    return SITES.read({"allow_http": False, **settings}).chosen


@pytest.mark.parametrize("url", ["", "/", "//", "/api/v0", "/api/v0/"])
@pytest.mark.parametrize("prefix", ["", "/stats"])
def test_an_address_may_end_in_a_slash_or_in_that_of_the_api(prefix: str, url: str) -> None:
    assert read(site_url=f" {URL}{prefix}{url} ", token=f"{TOKEN}\n") == [
        SiteCredentials(f"{URL}{prefix}", TOKEN)
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Set 'site_url' and 'token'"),
        ({"token": TOKEN}, "Set 'site_url' and 'token'"),
        ({"site_url": URL}, "no 'token'"),
        ({"site_url": URL, "token": ""}, "no 'token'"),
        ({"sites": [{"token": TOKEN}]}, "'site_url'"),
        ({"site_url": "stats.example.com", "token": TOKEN}, "https://example.com"),
        ({"site_url": "http://stats.example.com", "token": TOKEN}, "allow_http"),
        ({"site_url": URL, "token": "with a blank"}, "'token'"),
        ({"site_url": URL, "token": "two\nlines"}, "'token'"),
        ({"site_url": URL, "token": "tokeñ…"}, "'token'"),
    ],
)
def test_sites_that_cannot_be_read_are_refused_without_their_token(
    settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigValidationError) as refused:
        read(**settings)
    assert words in str(refused.value)
    assert (settings.get("token") or "?") not in str(refused.value)


def test_credentials_do_not_show_their_token() -> None:
    child = SiteCredentials(URL, TOKEN, host="child.example.com")
    assert TOKEN not in f"{child!r} {child}"
    assert str(child) == f"{URL} (as child.example.com)"


def test_settings_with_tokens_are_secret() -> None:
    settings = SETTINGS.to_dict()["properties"]
    assert {name for name, setting in settings.items() if setting.get("secret")} == {
        "token",
        "sites",
    }
