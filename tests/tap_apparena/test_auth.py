"""One header proves who asks."""

from __future__ import annotations

import pytest
import requests
from singer_sdk.exceptions import ConfigValidationError

from tap_apparena.auth import AppArenaAuthenticator, validate_credentials


@pytest.mark.parametrize(
    ("credential", "header"), [({"api_key": "k-1"}, "k-1"), ({"jwt": "a.b.c"}, "Bearer a.b.c")]
)
def test_a_key_goes_out_bare_and_a_token_as_bearer(credential: dict[str, str], header: str) -> None:
    request = requests.Request("GET", "https://apparena.example/apps").prepare()

    AppArenaAuthenticator(**credential)(request)

    assert request.headers["Authorization"] == header


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Set 'api_key'"),
        ({"api_key": "a", "jwt": "b"}, "and not both"),
        ({"api_key": "two words"}, "belongs to no key"),
        ({"api_key": "a\n"}, "belongs to no key"),
        ({"jwt": "ä"}, "belongs to no key"),
    ],
)
def test_credentials_that_cannot_be_are_refused(settings: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigValidationError, match=words):
        validate_credentials(settings)


def test_one_credential_is_enough() -> None:
    validate_credentials({"api_key": "", "jwt": "a.b.c"})
