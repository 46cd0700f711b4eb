"""The settings that are refused, and those that are secret."""

from __future__ import annotations

from typing import Any

import pytest

from singer_tapkit.testing import run_tap
from tap_apparena.tap import TapAppArena


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"api_key": "k", "api_url": "http://elsewhere.example/"}, "unencrypted"),
        ({"api_key": "k", "company_ids": ["12/../13"]}, "company_ids"),
        ({"api_key": "k", "filters": {"apps": "filter.appId[gt]=7"}}, "is not of type 'array'"),
        ({"api_key": "k", "relations": {"app_configs": ["app"]}}, "have any"),
        ({"api_key": "k", "page_size": 0}, "page_size"),
        ({"api_key": "k", "languages": ["de-DE"]}, "de-DE"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], words: str) -> None:
    run = run_tap(TapAppArena, settings)

    assert (run.exit_code, run.stdout) == (1, b"")
    assert words in run.error


def test_the_secrets_are_marked_as_such() -> None:
    settings = TapAppArena.config_jsonschema["properties"]

    assert [name for name in settings if settings[name].get("secret")] == ["api_key", "jwt"]
