"""Totals, and measurements that distinguish a failed stream from one that has succeeded."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from typing import Any

import pytest
from singer_sdk import metrics

from singer_tapkit.meters import RecordCounter, SyncTimer

TAGS: dict[str, Any] = {metrics.Tag.STREAM: "orders"}


def make_timer(*, has_failed: bool = False) -> SyncTimer:
    return SyncTimer(metrics.Metric.SYNC_DURATION, dict(TAGS), has_failed=lambda: has_failed)


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


@pytest.mark.parametrize(
    ("has_failed", "raised", "status"),
    [(False, None, "succeeded"), (True, None, "failed"), (False, ValueError(), "failed")],
)
def test_a_stream_fails_by_its_own_word_or_by_an_exception(
    caplog: pytest.LogCaptureFixture, *, has_failed: bool, raised: Exception | None, status: str
) -> None:
    caplog.set_level(logging.INFO)

    with suppress(ValueError), make_timer(has_failed=has_failed):
        if raised:
            raise raised

    (line,) = [line for line in caplog.messages if "sync_duration" in line]
    assert json.loads(line.partition("METRIC: ")[2])["tags"]["status"] == status
