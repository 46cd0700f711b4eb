"""Filters are checked, and reach the server in its own spelling."""

from __future__ import annotations

import pytest
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.schemas import load_schema
from tap_apparena.filters import validate_filters

SCHEMAS = {name: load_schema("tap_apparena", name) for name in ("apps", "app_configs")}


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("Filter.APPID[GTE]=41209", ("filter.appId[gte]", "41209")),
        ("filter.name[match]=a=b", ("filter.name[match]", "a=b")),
        ("filter.activated[eq]=1", ("filter.activated[eq]", "1")),
        ("filter.expiryDate[gt]=2026-11-25", ("filter.expiryDate[gt]", "2026-11-25")),
    ],
)
def test_names_become_those_of_the_documentation(text: str, parameter: tuple[str, str]) -> None:
    assert validate_filters({"apps": [text]}, SCHEMAS) == {"apps": [parameter]}


@pytest.mark.parametrize(
    ("stream", "text", "words"),
    [
        ("app_languages", "filter.lang[eq]=de_DE", "can be filtered: apps, app_configs"),
        ("apps", "expiryDate[gt]=2026-11-25", "look like"),
        ("apps", "filter.colour[eq]=red", "names no field"),
        ("apps", "filter.startDate[eq]=2026-11-25", "names no field"),
        ("app_configs", "filter.sourceAppId[eq]=7", "names no field"),
        ("apps", "filter.name[gt]=a", "eq, match, neq, not"),
        ("apps", "filter.name[eq]=", "any text"),
        ("apps", "filter.appId[eq]=x", "with digits"),
        ("apps", "filter.appId[gt]=\u0667", "with digits"),
        ("apps", "filter.expiryDate[gt]=2026-02-30", "a day"),
        ("apps", "filter.activated[eq]=yes", "true, false"),
    ],
)
def test_what_the_server_may_ignore_is_refused(stream: str, text: str, words: str) -> None:
    with pytest.raises(ConfigValidationError, match=words):
        validate_filters({stream: [text]}, SCHEMAS)
