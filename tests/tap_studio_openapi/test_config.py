"""Settings that cannot work are errors before anything is sent, and without a key in the text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tap_studio_openapi.tenant import Tenant, fail

URL = "https://example.open-api.magicline.com"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "Set 'base_url' and 'api_key', or 'connections'"),
        ({"api_key": "sentinel"}, "must be an address like"),
        ({"base_url": URL}, "'api_key' is missing"),
        ({"base_url": "http://studio.example", "api_key": "sentinel"}, "unencrypted"),
        ({"base_url": f"{URL}?key=sentinel", "api_key": "k"}, "nor anything after ? or #"),
        ({"base_url": URL, "api_key": "two sentinels"}, "holds blanks"),
        ({"base_url": URL, "api_key": ["sentinel"]}, "***"),
        ({"connections": [{"name": "a", "base_url": URL, "api_key": {"k": "sentinel"}}]}, "***"),
        ({"connections": [{"name": "a", "base_url": URL, "key": "sentinel"}]}, "api_key"),
        (
            {"connections": [{"name": "a", "base_url": URL, "api_key": "sentinel"}] * 2},
            "are called",
        ),
        ({"base_url": URL, "api_key": "k", "max_concurrency": 0}, "less than the minimum"),
        ({"base_url": URL, "api_key": "k", "customer_statuses": []}, "at least one status"),
        ({"base_url": URL, "api_key": "k", "customer_statuses": ["member"]}, "is not one of"),
        ({"base_url": URL, "api_key": "k", "accept_language": " de"}, "does not match"),
        ({"base_url": URL, "api_key": "k", "accept_language": "de\n"}, "does not match"),
        ({"base_url": URL, "api_key": "k", "start_date": "soon"}, "must be a date"),
        ({"base_url": URL, "api_key": "k", "checkin_lookback_days": 10**10}, "greater than"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], message: str) -> None:
    run = fail(settings)
    assert message in run.error
    assert "sentinel" not in run.error + run.log
    assert run.stdout == b""


def test_requests_name_their_sender_and_language(tenant: Tenant) -> None:
    tenant.one.succeed("devices", user_agent="our-warehouse", accept_language="de")
    headers = tenant.received("/v1/devices")[0].headers
    assert headers["user-agent"] == "our-warehouse"
    assert headers["accept-language"] == "de"
    assert headers["accept"] == "application/json"
