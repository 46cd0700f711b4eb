"""Settings: their schema, and checks that quote no secret."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft7Validator
from singer_sdk import typing as th
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.config import (
    common_settings,
    describe_errors,
    parse_date,
    to_config_schema,
    validate_base_url,
    validate_dates,
)

SCHEMA = to_config_schema(
    th.PropertiesList(
        th.Property("api_key", th.StringType(min_length=1), required=True, secret=True),
        th.Property("region", th.StringType),
        th.Property(
            "accounts",
            th.ArrayType(
                th.ObjectType(th.Property("key", th.StringType), th.Property("id", th.IntegerType))
            ),
            secret=True,
        ),
        *common_settings("tap-x", request_timeout=30),
    )
)


def check(url: str, *, allow_http: bool = False) -> str:
    """Check an address of the setting `base_url`."""
    return validate_base_url(url, "'base_url'", "https://a.example", allow_http=allow_http)


def find_errors(config: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(config)]


def test_common_settings_have_defaults() -> None:
    defaults = {
        name: setting["default"]
        for name, setting in SCHEMA["properties"].items()
        if "default" in setting
    }

    assert defaults == {
        "allow_http": False,
        "user_agent": "tap-x",
        "request_timeout": 30,
        "max_retries": 6,
        "unknown_fields": "warn",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"region": None},
        {"accounts": None},
        {"max_retries": None},
        {"max_retries": -1},
        {"request_timeout": 0},
        {"request_timeout": 10**12},
        {"user_agent": "a\nb"},
        {"user_agent": "ü"},
        {"user_agent": ""},
        {"unknown_fields": "drop"},
    ],
)
def test_settings_are_never_null_nor_out_of_range(wrong: dict[str, Any]) -> None:
    assert not find_errors({"api_key": "k"})
    assert find_errors({"api_key": "k", **wrong})


def test_a_type_that_stands_alone_and_a_choice_of_types_stay() -> None:
    schema = to_config_schema(
        th.PropertiesList(
            th.Property("names", th.ArrayType(th.StringType), required=True),
            th.Property("either", th.OneOf(th.StringType, th.IntegerType), required=True),
        )
    )

    assert schema["properties"]["names"]["type"] == "array"
    assert len(schema["properties"]["either"]["oneOf"]) == 2


@pytest.mark.parametrize(
    ("given_url", "url"),
    [
        (" https://a.example/ ", "https://a.example"),
        ("https://a.example:8443/path//", "https://a.example:8443/path"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost/", "http://localhost"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("https://Köln.example:8443/Ä", "https://xn--kln-sna.example:8443/Ä"),
        ("https://KÖLN.example", "https://xn--kln-sna.example"),
    ],
)
def test_an_address_is_brought_into_one_form(given_url: str, url: str) -> None:
    assert check(given_url) == url
    assert check("http://a.example", allow_http=True) == "http://a.example"


@pytest.mark.parametrize(
    ("given_url", "words"),
    [
        ("", "must be an address like https://a.example"),
        ("sentinel", "must be an address"),
        ("ftp://sentinel.example", "must be an address"),
        ("https://[sentinel", "must be an address"),
        ("https://sentinel.example:99999", "must be an address"),
        ("https://sentinel.example:0", "must be an address"),
        ("https://sentinel..example", "must be an address"),
        ("https://" + "ä" * 70 + ".example", "must be an address"),
        ("https://me:sentinel@a.example", "neither user and password"),
        ("https://a.example?key=sentinel", "nor anything after"),
        ("https://a.example#sentinel", "nor anything after"),
        ("http://sentinel.example", "unencrypted"),
    ],
)
def test_what_cannot_or_must_not_be_used_is_refused_unquoted(given_url: str, words: str) -> None:
    with pytest.raises(ConfigValidationError, match="'base_url'") as failure:
        check(given_url)

    assert words in str(failure.value)
    assert "sentinel" not in str(failure.value)


@pytest.mark.parametrize("value", ["", "31.01.2026", "2026-02-30", "2026-1-1", "yesterday"])
def test_a_day_may_have_a_time_behind_it_and_must_be_one(value: str) -> None:
    assert parse_date("2026-01-31", "start_date") == date(2026, 1, 31)
    assert parse_date("2026-01-31T12:00:00Z", "start_date") == date(2026, 1, 31)
    with pytest.raises(ConfigValidationError, match="'start_date' must be a date like 2026-01-31"):
        parse_date(value, "start_date")


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"start_date": "2026-01-31T00:00:00Z"},
        {"start_date": "2026-01-31", "end_date": "2026-01-31"},
        {"end_date": "2999-01-01"},
        {"start_date": f"{datetime.now(UTC).date() + timedelta(days=1)}"},
    ],
    ids=str,
)
def test_dates_between_which_something_can_be_read(config: dict[str, Any]) -> None:
    validate_dates(config)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"start_date": "soon"}, "'start_date' must be a date"),
        ({"end_date": "2026-02-30"}, "'end_date' must be a date"),
        ({"start_date": "2026-02-01", "end_date": "2026-01-31"}, "before 'start_date'"),
        ({"start_date": "2999-01-01"}, "is to come"),
    ],
)
def test_dates_between_which_nothing_would_be_read_are_refused(
    config: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigValidationError, match=words):
        validate_dates(config)


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
