"""Exports: one per hour, kept in mind until read, never asked for twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, CutOff, Delay, Reset, html_page
from tests.sandbox.goatcounter import UNLIMITED, Generation
from tests.tap_goatcounter.exports import (
    build_state,
    count_exports,
    get_bookmark,
    get_checkpoint,
)
from tests.tap_goatcounter.servers import format_time, make_view

if TYPE_CHECKING:
    from tests.sandbox.faults import Effect
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox


def test_an_export_that_failed_is_reported_in_the_servers_words_and_forgotten(
    newer: Sandbox,
) -> None:
    newer.add(make_view("/a"))
    newer.server.next_export.error = "no space left on device"
    run = newer.fail_to_read("hits", state=build_state(0))
    assert "no space left on device" in run.log
    assert get_bookmark(run) == 0
    assert get_checkpoint(run) is None
    second = newer.read("hits", state=run.state)
    assert len(second.records["hits"]) == 1


@pytest.mark.parametrize(
    "effect",
    [
        Answer(500, '{"error":"unexpected error code ‘8fot6v’"}'),  # noqa: RUF001
        html_page(502, "Bad Gateway"),
        Reset(handled=True),
        CutOff(after=10),
        Delay(2),
    ],
    ids=["500", "502", "reset when done", "truncated", "silence"],
)
def test_the_request_for_an_export_is_never_repeated(newer: Sandbox, effect: Effect) -> None:
    newer.add(make_view("/a"))
    newer.disturb("/export", effect, method="POST")
    run = newer.fail_to_read("hits", state=build_state(0), max_retries=5, request_timeout=1)
    assert count_exports(newer) == 1
    assert "not repeated" in run.log
    assert "run the tap again in an hour" in run.log
    assert get_bookmark(run) == 0


@pytest.fixture
def limited(open_sandbox: OpenSandbox) -> Sandbox:
    """Return a sandbox that grants an export per hour."""
    return open_sandbox(Generation.MAIN, limits={**UNLIMITED, "export": (1, 3600)})


def test_the_next_export_is_waited_for_if_set(
    limited: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited.add(make_view("/a"))
    first = limited.read("hits")
    limited.add(make_view("/b"))
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if seconds > 60:
            limited.server.restart()

    monkeypatch.setattr("tap_goatcounter.export.time.sleep", sleep)
    second = limited.read("hits", state=first.state, wait_for_export_limit=True)
    assert [hit["path"] for hit in second.records["hits"]] == ["/b"]
    assert 3590 < max(slept) <= 3601
    statuses = [request.status for request in limited.received("POST", "/export")]
    assert statuses == [202, 429, 202]


def test_a_second_run_within_the_hour_leaves_page_views_to_a_later_one(limited: Sandbox) -> None:
    limited.add(make_view("/a"))
    first = limited.read("hits", "paths")
    limited.add(make_view("/b"))
    second = limited.read("hits", "paths", state=first.state)
    (warning,) = [line for line in second.log.splitlines() if line.startswith("WARNING")]
    due = re.search(r"in 60 minutes, at (\d\d:\d\d) UTC", warning)
    assert due is not None
    minutes = [datetime.now(UTC) + timedelta(minutes=number) for number in range(58, 61)]
    assert due[1] in {f"{minute:%H:%M}" for minute in minutes}
    assert "wait_for_export_limit" in warning
    assert count_exports(limited) == 2
    assert second.records["hits"] == []
    assert len(second.records["paths"]) == 2
    assert second.state == first.state
    limited.server.restart()
    third = limited.read("hits", state=second.state)
    assert [hit["path"] for hit in third.records["hits"]] == ["/b"]


def test_json_streams_within_the_hour_leave_their_rows_to_a_later_run(limited: Sandbox) -> None:
    streams = ("json_hit_stats", "json_paths")
    limited.add(make_view("/a"))
    first = limited.read(*streams)
    second = limited.read(*streams, state=first.state)
    assert second.log.count("the next in 60 minutes") == 1
    assert second.records["json_paths"] == []
    assert second.output.activated_versions == []
    assert second.state == first.state


def test_streams_of_which_each_run_could_read_only_one_fail_and_say_what_to_set(
    limited: Sandbox,
) -> None:
    limited.add(make_view("/a"))
    run = limited.fail_to_read("hits", "json_paths")
    assert len(run.records["hits"]) == 1
    assert "json_paths of site 1" in run.error
    assert "set 'wait_for_export_limit' to true" in run.error


def test_a_wait_beyond_the_calendar_leaves_page_views_to_a_later_run(newer: Sandbox) -> None:
    body, wait = '{"error":"rate limited exceeded"}', {"Retry-After": "9" * 17}
    newer.disturb("/export", Answer(429, body, headers=wait), method="POST")
    run = newer.read("hits", state=build_state(0))
    assert "the next in 1440 minutes" in run.log
    assert get_bookmark(run) == 0


def test_an_export_that_has_failed_is_no_export_even_if_it_says_when_it_ended(
    newer: Sandbox,
) -> None:
    ended = {"finished_at": format_time(datetime.now(UTC)), "num_rows": 0, "last_hit_id": 0}
    newer.disturb("/export/1", {"id": 1, **ended, "error": "no space left"}, times=None)
    newer.server.next_export.never_finishes = True
    run = newer.fail_to_read("hits", state=build_state(0))
    assert "the server failed to make export 1: no space left" in run.error
    assert (get_bookmark(run), get_checkpoint(run)) == (0, None)


@pytest.mark.parametrize("waits", [False, True])
def test_a_server_that_never_grants_an_export_is_not_waited_for(
    open_sandbox: OpenSandbox, *, waits: bool
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits={**UNLIMITED, "export": None})
    run = sandbox.fail_to_read("hits", state=build_state(0), wait_for_export_limit=waits)
    assert int(sandbox.received("POST", "/export")[0].status or 0) == 429
    assert "-ratelimit" in run.log
    assert get_bookmark(run) == 0


@pytest.mark.parametrize(
    ("generation", "wrong", "right"),
    [(Generation.V2_7, "send", "omit"), (Generation.MAIN, "omit", "send")],
)
def test_a_refused_format_names_the_setting_and_its_right_value(
    open_sandbox: OpenSandbox, generation: Generation, wrong: str, right: str
) -> None:
    sandbox = open_sandbox(generation)
    sandbox.add(make_view("/a"))
    run = sandbox.fail_to_read("hits", export_format_parameter=wrong)
    assert f"Set 'export_format_parameter' to '{right}'" in run.log
    assert count_exports(sandbox) == 1
    second = sandbox.read("hits", export_format_parameter=right)
    assert len(second.records["hits"]) == 1


def build_state_with_export(export_id: int, hours_ago: float, cursor: int = 0) -> dict[str, Any]:
    """Return a state that keeps an export in mind."""
    state = build_state(cursor)
    asked_at = datetime.now(UTC) - timedelta(hours=hours_ago)
    memory = {"id": export_id, "asked_at": format_time(asked_at)}
    state["bookmarks"]["hits"]["partitions"][0]["export"] = memory
    return state


@pytest.mark.parametrize(
    ("failure", "state", "paths"),
    [
        (None, {"export_id": 77, "hours_ago": 1}, ["/a", "/b"]),
        ("no space left on device", {"export_id": 1, "hours_ago": 1}, ["/a", "/b"]),
        (None, {"export_id": 1, "hours_ago": 25}, ["/a", "/b"]),
        (None, {"export_id": 1, "hours_ago": 1, "cursor": 1}, ["/b"]),
    ],
    ids=["unknown", "failed", "a day old", "from another cursor"],
)
def test_an_export_that_is_of_no_use_is_replaced_by_a_new_one(
    newer: Sandbox, failure: str | None, state: dict[str, int], paths: list[str]
) -> None:
    newer.add(make_view("/a"), make_view("/b"))
    newer.read("hits")
    if failure is not None:
        newer.server.exports[0].fail(failure)
    run = newer.read("hits", state=build_state_with_export(**state))
    assert [hit["path"] for hit in run.records["hits"]] == paths
    assert count_exports(newer) == 2


@pytest.mark.parametrize(("hours_ago", "asked"), [(0.5, 1), (2, 2)])
def test_an_export_that_is_never_finished_is_waited_for_until_the_next_one_is_granted(
    newer: Sandbox, hours_ago: float, asked: int
) -> None:
    newer.add(make_view("/a"))
    newer.server.next_export.never_finishes = True
    first = newer.fail_to_read("hits", state=build_state(0), export_timeout_seconds=1)
    assert "not finished within 1 seconds" in first.log
    assert "export_timeout_seconds" in first.log
    assert (first.records["hits"], get_bookmark(first), get_checkpoint(first)) == ([], 0, 1)
    state = build_state_with_export(1, hours_ago)
    second = newer.run("hits", state=state, export_timeout_seconds=1)
    assert count_exports(newer) == asked
    assert (second.exit_code == 0) == (asked == 2)
