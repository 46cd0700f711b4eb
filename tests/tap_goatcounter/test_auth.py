"""How a request proves who sends it."""

from __future__ import annotations

import requests

from tap_goatcounter.auth import SiteAuthenticator
from tap_goatcounter.config import SiteCredentials


def build_headers(credentials: SiteCredentials) -> dict[str, str]:
    request = requests.Request("GET", "https://x.example/", auth=SiteAuthenticator(credentials))
    return dict(request.prepare().headers)


def test_the_token_is_a_bearer_token_in_the_servers_spelling() -> None:
    assert build_headers(SiteCredentials("https://x.example", "t0ken")) == {
        "Authorization": "Bearer t0ken"
    }


def test_a_site_behind_another_ones_address_is_named_as_the_host() -> None:
    child = SiteCredentials("https://x.example", "t0ken", host="child.example")
    assert build_headers(child)["Host"] == "child.example"
