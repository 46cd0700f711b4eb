"""What is wrong with settings, described without the secrets in them."""

from __future__ import annotations

from typing import Any

import pytest

from singer_tapkit.config_errors import describe_errors
from tests.singer_tapkit.test_config import SCHEMA, find_errors


@pytest.mark.parametrize(
    "config",
    [
        {"api_key": ["sentinel"]},
        {"api_key": {"sentinel": "sentinel"}},
        {"api_key": 7391},
        {"api_key": 7391.5},
        {"accounts": "sentinel\n'\""},
        {"accounts": {"sentinel": 7391}},
        {"accounts": [{"key": ["sentinel"], "id": "sentinel"}, "sentinel", 7391]},
        {"accounts": [{"id": {"sentinel": [7391, "sentinel sentinel"]}}]},
    ],
)
def test_messages_about_settings_quote_no_secret(config: dict[str, Any]) -> None:
    errors = find_errors({"api_key": "k", **config})

    redacted = describe_errors(errors, config, SCHEMA)

    assert any("sentinel" in error or "7391" in error for error in errors)
    assert len(redacted) == len(errors)
    assert not any("sentinel" in error or "7391" in error for error in redacted)
    assert any("***" in error for error in redacted)


def test_messages_about_other_settings_and_empty_secrets_stay() -> None:
    config = {
        "api_key": "",
        "region": 7,
        "accounts": [{"key": None, "id": False}],
        "max_retries": -1,
        "unknown": "x",
    }
    errors = find_errors(config)

    assert len(errors) == 4
    assert describe_errors(errors, config, SCHEMA) == errors
