"""What has failed is summed up, however much it is."""

from __future__ import annotations

import logging

import pytest

from tap_apparena.failures import MOST_LISTED, Failures, SyncFailedError


def test_each_failure_is_listed() -> None:
    failures = Failures(logging.getLogger("quiet"))
    failures.add("apps: gone.")
    with pytest.raises(SyncFailedError, match=r"1 part\(s\) of the sync failed.*\n- apps: gone\.$"):
        failures.sum_up()


def test_thousands_of_failures_do_not_flood_the_summary() -> None:
    failures = Failures(logging.getLogger("quiet"))
    for number in range(MOST_LISTED + 1500):
        failures.add(f"app_infos of {number}: gone.")
    with pytest.raises(SyncFailedError) as caught:
        failures.sum_up()
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("1,550 part(s) of the sync failed")
    assert lines[-1] == "- and 1,500 more, which the log tells above."
    assert len(lines) == MOST_LISTED + 2
