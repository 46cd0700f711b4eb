"""What a server can do, by its version or by a harmless request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_goatcounter.capabilities import (
    AFTER_2_7,
    UP_TO_2_7,
    Capabilities,
    detect_capabilities,
    parse_version,
)
from tests.tap_goatcounter.responses import API, PAGE, SITE, URL, open_client

if TYPE_CHECKING:
    from requests_mock import Mocker

BETWEEN = Capabilities(requires_export_format=True, has_hourly_limit=False)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("v2.7.0", UP_TO_2_7),
        ("v2.4.1", UP_TO_2_7),
        ("v2.8.0", AFTER_2_7),
        ("v2.10.0", AFTER_2_7),
        ("v3.0.0-rc1", AFTER_2_7),
        ("0123456789ab_2026-04-24T23:59:59Z", UP_TO_2_7),
        ("0123456789ab_2026-04-25T00:00:00Z", BETWEEN),
        ("0123456789ab_2026-07-12T00:00:00Z", AFTER_2_7),
        ("", None),
        ("dev", None),
        ("HEAD", None),
        ("2.7.0-1.fc42", None),
        ("0123456789ab_2026-99-99T00:00:00Z", None),
    ],
)
def test_a_release_or_the_day_of_a_build_decides(
    version: str, expected: Capabilities | None
) -> None:
    assert parse_version(version) == expected


@pytest.mark.parametrize("may_read_stats", [True, False])
def test_a_version_that_decides_is_enough(requests_mock: Mocker, *, may_read_stats: bool) -> None:
    requests_mock.get(f"{URL}/status", json={"version": "v2.8.0"})
    found = detect_capabilities(open_client(), SITE, may_read_stats=may_read_stats)
    assert found is AFTER_2_7
    assert requests_mock.call_count == 1


@pytest.mark.parametrize(
    "status",
    [
        {"json": {"version": "dev"}},
        {"status_code": 403, **PAGE},
        PAGE,
        {"json": []},
        {"json": {}},
        {"json": {"version": 7}},
        {"status_code": 301, "headers": {"Location": "/login"}},
        {"status_code": 502, **PAGE},
    ],
)
@pytest.mark.parametrize(
    ("probe", "may_read_stats", "expected"),
    [
        ({"json": {}}, True, AFTER_2_7),
        ({"json": {}}, False, UP_TO_2_7),
        ({"status_code": 400, "json": {"error": 'unknown parameter: "group"'}}, True, UP_TO_2_7),
    ],
)
def test_a_parameter_decides_where_the_version_does_not(
    requests_mock: Mocker,
    status: dict[str, Any],
    probe: dict[str, Any],
    expected: Capabilities,
    *,
    may_read_stats: bool,
) -> None:
    requests_mock.get(f"{URL}/status", **status)
    requests_mock.get(f"{API}/stats/hits", **probe)
    found = detect_capabilities(open_client(), SITE, may_read_stats=may_read_stats)
    assert found is expected
