"""What has failed, as the log and the summary at the end say it."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from singer_tapkit.errors import ApiError, ExtractionError, NoResponseError
from singer_tapkit.failures import FailureCollector, SyncFailedError

LOGGER = logging.getLogger("test")


def make_refusal(path: str, status: int = 401, detail: str = "Signature not valid") -> ApiError:
    message = f"GET {path} answered {status}: {detail}. Check 'secret'."
    return ApiError(message, status=status, detail=detail)


def summarize(failures: FailureCollector, *, has_output: bool = False) -> SyncFailedError:
    with pytest.raises(SyncFailedError) as error:
        failures.raise_if_any(has_output=has_output)
    return error.value


@pytest.fixture
def failures() -> FailureCollector:
    return FailureCollector(LOGGER)


def test_each_failure_is_logged_as_it_happens(
    failures: FailureCollector, caplog: pytest.LogCaptureFixture
) -> None:
    failures.record("orders", make_refusal("/orders"), rest=" Stream aborted.")

    assert [entry.levelname for entry in caplog.records] == ["ERROR"]
    assert caplog.messages == [f"orders: {make_refusal('/orders')} Stream aborted."]


def test_failures_of_one_cause_are_one_line_and_the_most_frequent_is_the_last(
    failures: FailureCollector,
) -> None:
    failures.record("a", make_refusal("/a", 503, "busy"))
    for number in range(17):
        failures.record(f"s{number}", make_refusal(f"/s/{number}"))
    for name in "bc":
        failures.record(name, ExtractionError("no column 'id'"))

    assert summarize(failures).message.splitlines() == [
        "20 part(s) of the sync failed: 19 until something is changed, 1 that may pass by itself.",
        "a: GET /a answered 503: busy. Check 'secret'.",
        "2 parts (b, c): no column 'id'",
        "17 parts (s0, s1, s2, s3, s4 and 12 more): 401: Signature not valid. Check 'secret'.",
    ]


def test_the_summary_is_logged_line_by_line_as_errors(
    failures: FailureCollector, caplog: pytest.LogCaptureFixture
) -> None:
    failures.record("a", make_refusal("/a"))
    summary = summarize(failures)
    caplog.clear()

    summary.show()

    assert [entry.getMessage() for entry in caplog.records] == summary.message.splitlines()
    assert {entry.levelname for entry in caplog.records} == {"ERROR"}


@pytest.mark.parametrize(("has_output", "is_claimed"), [(True, True), (False, False)])
def test_the_rest_is_called_complete_only_where_something_was_read(
    failures: FailureCollector, *, has_output: bool, is_claimed: bool
) -> None:
    failures.record("a", make_refusal("/a"))

    message = summarize(failures, has_output=has_output).message

    assert ("complete" in message) == is_claimed


@pytest.mark.parametrize(
    ("errors", "status"),
    [
        ([make_refusal("/a", 503, "busy"), NoResponseError("no response")], 75),
        ([make_refusal("/a", 429, "slow down")], 75),
        ([make_refusal("/a", 503, "busy"), make_refusal("/b")], 1),
        ([ExtractionError("no column 'id'")], 1),
    ],
)
def test_the_status_tells_what_passes_from_what_lasts(
    failures: FailureCollector, errors: list[ExtractionError], status: int
) -> None:
    for error in errors:
        failures.record("a", error)

    assert summarize(failures).exit_code == status


def test_threads_lose_no_failure(failures: FailureCollector) -> None:
    def fail() -> None:
        for _ in range(260):
            failures.record("orders", "refused", stream="orders")

    with ThreadPoolExecutor(4) as threads:
        for _ in range(4):
            threads.submit(fail)

    assert failures.count == 1040
    assert failures.by_stream == {"orders": 1040}
    assert len(summarize(failures).message.splitlines()) == 2
