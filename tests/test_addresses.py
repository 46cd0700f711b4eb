"""Addresses in the settings of each tap."""

from __future__ import annotations

import pytest
from singer_sdk.exceptions import ConfigValidationError

from tap_gotom.addresses import checked


def check(url: str, *, allow_http: bool = False) -> str:
    """Check an address of the setting `base_url`."""
    return checked(url, "'base_url'", "https://a.example", allow_http=allow_http)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (" https://a.example/ ", "https://a.example"),
        ("https://a.example:8443/path//", "https://a.example:8443/path"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_blanks_and_slashes_around_are_removed(given: str, url: str) -> None:
    assert check(given) == url


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "must be an address like https://a.example"),
        ("sentinel", "must be an address"),
        ("ftp://sentinel.example", "must be an address"),
        ("https://[sentinel", "must be an address"),
        ("https://sentinel.example:99999", "must be an address"),
        ("https://me:sentinel@a.example", "neither user and password"),
        ("https://a.example?key=sentinel", "nor anything after"),
        ("http://sentinel.example", "unencrypted"),
    ],
)
def test_what_cannot_or_must_not_be_used_is_refused_unquoted(given: str, words: str) -> None:
    with pytest.raises(ConfigValidationError, match="'base_url'") as failure:
        check(given)

    assert words in str(failure.value)
    assert "sentinel" not in str(failure.value)


def test_http_can_be_allowed() -> None:
    assert check("http://a.example", allow_http=True) == "http://a.example"
