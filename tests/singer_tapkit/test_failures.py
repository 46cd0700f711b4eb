"""What has failed in a run, told at once and summed up at the end."""

from __future__ import annotations

import logging
from threading import Thread

import pytest

from singer_tapkit.failures import FailureCollector, SyncFailedError

LOGGER = logging.getLogger("failures-of-a-test")


def test_a_run_without_failures_raises_nothing() -> None:
    FailureCollector(LOGGER).raise_if_any()


def test_each_failure_is_logged_as_it_happens(caplog: pytest.LogCaptureFixture) -> None:
    failures = FailureCollector(LOGGER)

    failures.record("orders: 100 % refused")

    assert failures.count == 1
    assert [(entry.levelname, entry.getMessage()) for entry in caplog.records] == [
        ("ERROR", "orders: 100 % refused")
    ]


def test_all_failures_are_summed_up_in_one_error() -> None:
    failures = FailureCollector(LOGGER)
    failures.record("orders: refused")
    failures.record("users: no answer")

    with pytest.raises(SyncFailedError) as error:
        failures.raise_if_any()

    assert error.value.exit_code == 1
    assert error.value.message.splitlines() == [
        "2 part(s) of the sync failed, everything else is complete:",
        "- orders: refused",
        "- users: no answer",
    ]


def test_of_very_many_failures_the_first_are_listed() -> None:
    failures = FailureCollector(LOGGER)

    def fail() -> None:
        for _ in range(260):
            failures.record("orders: refused")

    threads = [Thread(target=fail) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with pytest.raises(SyncFailedError) as error:
        failures.raise_if_any()

    lines = error.value.message.splitlines()
    assert lines[0].startswith("1,040 part(s)")
    assert len(lines) == 52
    assert lines[-1].startswith("- and 990 more")
