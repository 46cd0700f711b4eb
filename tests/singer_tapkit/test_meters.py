"""Totals, and measurements that distinguish a failed stream from one that has succeeded."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from singer_sdk import metrics

from singer_tapkit.meters import RecordCounter, SyncTimer

TAGS: dict[str, Any] = {metrics.Tag.STREAM: "orders"}


def make_timer(*, has_failed: bool = False) -> SyncTimer:
    """Return the timer of a stream."""
    return SyncTimer(metrics.Metric.SYNC_DURATION, dict(TAGS), has_failed=lambda: has_failed)


def read_status(log: str) -> str:
    """Return the status in the only measurement of a log."""
    (line,) = [line for line in log.splitlines() if "sync_duration" in line]
    status: str = json.loads(line.partition("METRIC: ")[2])["tags"]["status"]
    return status


def test_a_counter_keeps_the_total_when_it_logs() -> None:
    counter = RecordCounter(metrics.Metric.RECORD_COUNT, dict(TAGS), log_interval=0)

    with counter:
        counter.increment(5)
        counter.increment()

    assert counter.total == 6


def test_a_timer_adds_up_the_readings_of_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    timer = make_timer()
    assert timer.seconds is None
    moments = iter((10, 13, 20, 24))
    monkeypatch.setattr("singer_sdk.metrics.time", lambda: next(moments))
    monkeypatch.setattr(timer, "log", lambda _: None)

    for _ in range(2):
        with timer:
            pass

    assert timer.seconds == 3 + 4


@pytest.mark.parametrize(("has_failed", "status"), [(False, "succeeded"), (True, "failed")])
def test_a_timer_takes_the_word_of_the_stream(
    caplog: pytest.LogCaptureFixture, *, has_failed: bool, status: str
) -> None:
    caplog.set_level(logging.INFO)

    with make_timer(has_failed=has_failed):
        pass

    assert read_status(caplog.text) == status


def test_an_exception_is_a_failure_as_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    with pytest.raises(ValueError, match="damaged"), make_timer():
        raise ValueError("damaged")

    assert read_status(caplog.text) == "failed"
