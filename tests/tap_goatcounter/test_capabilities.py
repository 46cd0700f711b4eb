"""What a server can do, by its version or by a harmless request."""

from __future__ import annotations

import pytest

from tap_goatcounter.capabilities import AFTER_2_7, UP_TO_2_7, Capabilities, detect_capabilities

BETWEEN = Capabilities(requires_export_format=True, has_hourly_limit=False)


def never() -> bool:
    raise AssertionError("the version shows it")


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
    ],
)
def test_a_release_or_the_day_of_a_build_decides(version: str, expected: Capabilities) -> None:
    assert detect_capabilities(version, never) == expected


@pytest.mark.parametrize(
    "version", [None, "", "dev", "HEAD", "2.7.0-1.fc42", "0123456789ab_2026-99-99T00:00:00Z"]
)
@pytest.mark.parametrize(("knows", "expected"), [(True, AFTER_2_7), (False, UP_TO_2_7)])
def test_a_parameter_decides_where_the_version_does_not(
    version: str | None, *, knows: bool, expected: Capabilities
) -> None:
    assert detect_capabilities(version, lambda: knows) == expected
