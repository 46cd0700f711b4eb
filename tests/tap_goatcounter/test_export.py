"""Exports: one per hour, kept in mind until read, never asked for twice."""

from __future__ import annotations

import errno
import gzip
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from tests.sandbox.faults import Answer, CutOff, Delay, Reset, html_page
from tests.sandbox.goatcounter import UNLIMITED, Generation
from tests.tap_goatcounter.exports import (
    ROW,
    bookmark_of,
    checkpoint_of,
    csv_of,
    earlier_state,
    exports_asked_for,
)
from tests.tap_goatcounter.servers import rfc3339, view

if TYPE_CHECKING:
    from singer_tapkit.testing import TapRun
    from tests.sandbox.faults import Effect
    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox


def interrupt_before_the_download(sandbox: Sandbox, tap: TapInProcess) -> TapRun:
    """Run the tap so that it has an export but never gets its file."""
    sandbox.add(view("/a"))
    sandbox.server.faults.add("GET", "/api/v0/export/1/download", Reset(), times=None)
    run = tap.fail(sandbox.settings(max_retries=0), "hits", state=earlier_state(0))
    sandbox.server.faults.clear()
    assert checkpoint_of(run) == 1
    return run


def test_an_export_that_failed_is_reported_in_the_servers_words_and_forgotten(
    sandbox: Sandbox, tap: TapInProcess
) -> None:
    sandbox.add(view("/a"))
    sandbox.server.next_export.error = "no space left on device"
    run = tap.fail(sandbox.settings(), "hits", state=earlier_state(0))
    assert "no space left on device" in run.log
    assert bookmark_of(run) == 0
    assert checkpoint_of(run) is None
    second = tap.succeed(sandbox.settings(), "hits", state=run.output.state)
    assert len(second.records["hits"]) == 1


def test_an_export_that_is_never_finished_ends_the_wait_and_is_kept_in_mind(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.add(view("/a"))
    newer.server.next_export.never_finishes = True
    run = tap.fail(newer.settings(export_timeout_seconds=1), "hits", state=earlier_state(0))
    assert "not finished within 1 seconds" in run.log
    assert "export_timeout_seconds" in run.log
    assert bookmark_of(run) == 0
    assert checkpoint_of(run) == 1
    assert run.records["hits"] == []


@pytest.mark.parametrize(
    "effect",
    [
        CutOff(after=50),
        Reset(),
        html_page(502, "Bad Gateway"),
        Answer(500, '{"error":"unexpected error code ‘8fot6v’"}'),  # noqa: RUF001
        CutOff(after=0),
    ],
    ids=["truncated", "reset", "proxy", "error of the server", "without a body"],
)
def test_a_download_that_breaks_is_tried_again(
    newer: Sandbox, tap: TapInProcess, effect: Effect
) -> None:
    newer.add(*(view(f"/{number}") for number in range(100)))
    newer.server.faults.add("GET", "/api/v0/export/1/download", effect)
    run = tap.succeed(newer.settings(), "hits")
    assert len(run.records["hits"]) == 100
    assert exports_asked_for(newer) == 1


@pytest.mark.parametrize("is_expired", [False, True])
def test_a_file_that_is_gone_is_named_and_asked_for_once(
    sandbox: Sandbox, tap: TapInProcess, *, is_expired: bool
) -> None:
    run = interrupt_before_the_download(sandbox, tap)
    sandbox.server.expire_exports() if is_expired else sandbox.server.delete_export_files()
    before = len(sandbox.received("GET", "/export/1/download"))
    second = tap.fail(sandbox.settings(max_retries=5), "hits", state=run.state)
    assert "is gone" in second.error
    assert len(sandbox.received("GET", "/export/1/download")) == before + 1
    assert checkpoint_of(second) is None
    third = tap.succeed(sandbox.settings(), "hits", state=second.state)
    assert [hit["path"] for hit in third.records["hits"]] == ["/a"]


def test_a_file_with_the_wrong_hash_is_never_read(sandbox: Sandbox, tap: TapInProcess) -> None:
    sandbox.add(view("/a"))
    sandbox.server.next_export.wrong_hash = True
    run = tap.fail(sandbox.settings(), "hits", state=earlier_state(0))
    assert "is damaged" in run.log
    assert "sha256-" in run.log
    assert "goatcounter-export-" in run.log
    assert run.records["hits"] == []
    assert bookmark_of(run) == 0
    assert len(sandbox.received("GET", "/export/1/download")) == 2


@pytest.mark.parametrize(
    "effect",
    [
        Answer(500, '{"error":"unexpected error code ‘8fot6v’"}'),  # noqa: RUF001
        html_page(502, "Bad Gateway"),
        Answer(503),
        html_page(504, "Gateway Time-out"),
        Reset(),
        Reset(handled=True),
        CutOff(after=10),
        Delay(2),
    ],
    ids=["500", "502", "503", "504", "reset", "reset when done", "truncated", "silence"],
)
def test_the_request_for_an_export_is_never_repeated(
    newer: Sandbox, tap: TapInProcess, effect: Effect
) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("POST", "/api/v0/export", effect)
    settings = newer.settings(max_retries=5, request_timeout=1)
    run = tap.fail(settings, "hits", state=earlier_state(0))
    assert exports_asked_for(newer) == 1
    assert "not repeated" in run.log
    assert "run the tap again in an hour" in run.log
    assert bookmark_of(run) == 0


@pytest.mark.parametrize("name", ["a file", "its rows unpacked"])
def test_a_file_that_a_proxy_has_packed_or_unpacked_is_read_all_the_same(
    newer: Sandbox, tap: TapInProcess, name: str
) -> None:
    newer.add(view("/a"), view("/b"))
    body = csv_of(ROW, ROW).encode()
    packed = gzip.compress(body if name == "its rows unpacked" else gzip.compress(body))
    answer = Answer(200, packed, {"Content-Encoding": "gzip"})
    newer.server.faults.add("GET", "/api/v0/export/1/download", answer)
    assert len(tap.succeed(newer.settings(), "hits").records["hits"]) == 2


def test_a_folder_that_is_full_is_named_and_the_export_kept_in_mind(
    newer: Sandbox, tap: TapInProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_full(prefix: str) -> BinaryIO:
        raise OSError(errno.ENOSPC, f"No space left on device for {prefix}")

    monkeypatch.setattr("tap_goatcounter.export.open_spool", open_full)
    newer.add(view("/a"))
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert "TMPDIR" in run.error
    assert (bookmark_of(run), checkpoint_of(run)) == (0, 1)


def test_the_next_export_is_waited_for_when_told_to(
    open_sandbox: OpenSandbox, tap: TapInProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits={**UNLIMITED, "export": (1, 3600)})
    sandbox.add(view("/a"))
    first = tap.succeed(sandbox.settings(), "hits")
    sandbox.add(view("/b"))
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if seconds > 60:
            sandbox.server.restart()

    monkeypatch.setattr("tap_goatcounter.export.time.sleep", sleep)
    settings = sandbox.settings(wait_for_export_limit=True)
    second = tap.succeed(settings, "hits", state=first.state)
    assert [hit["path"] for hit in second.records["hits"]] == ["/b"]
    assert 3590 < max(slept) <= 3601
    statuses = [request.status for request in sandbox.received("POST", "/export")]
    assert statuses == [202, 429, 202]


def test_a_second_run_within_the_hour_leaves_page_views_to_a_later_one(
    open_sandbox: OpenSandbox, generation: Generation, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(generation, limits={**UNLIMITED, "export": (1, 3600)})
    sandbox.add(view("/a"))
    first = tap.succeed(sandbox.settings(), "hits", "paths")
    sandbox.add(view("/b"))
    second = tap.succeed(sandbox.settings(), "hits", "paths", state=first.output.state)
    (warning,) = [line for line in second.log.splitlines() if line.startswith("WARNING")]
    due = datetime.now(UTC) + timedelta(hours=1)
    assert f"in 60 minutes, at {due:%H}:" in warning
    assert "wait_for_export_limit" in warning
    assert exports_asked_for(sandbox) == 2
    assert second.records["hits"] == []
    assert len(second.records["paths"]) == 2
    assert second.output.state == first.output.state
    sandbox.server.restart()
    third = tap.succeed(sandbox.settings(), "hits", state=second.output.state)
    assert [hit["path"] for hit in third.records["hits"]] == ["/b"]


def test_json_streams_within_the_hour_leave_their_rows_to_a_later_run(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits={**UNLIMITED, "export": (1, 3600)})
    streams = ("json_hit_stats", "json_paths")
    sandbox.add(view("/a"))
    first = tap.succeed(sandbox.settings(), *streams)
    second = tap.succeed(sandbox.settings(), *streams, state=first.output.state)
    assert second.log.count("the next in 60 minutes") == 1
    assert second.records["json_paths"] == []
    assert second.output.activated_versions == []
    assert second.output.state == first.output.state


def test_streams_of_which_each_run_could_read_only_one_fail_and_say_what_to_set(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits={**UNLIMITED, "export": (1, 3600)})
    sandbox.add(view("/a"))
    run = tap.fail(sandbox.settings(), "hits", "json_paths")
    assert len(run.records["hits"]) == 1
    assert "json_paths of site 1" in run.error
    assert "set 'wait_for_export_limit' to true" in run.error


@pytest.mark.parametrize("waits", [False, True])
def test_a_server_that_never_grants_an_export_is_not_waited_for(
    open_sandbox: OpenSandbox, tap: TapInProcess, *, waits: bool
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits={**UNLIMITED, "export": None})
    settings = sandbox.settings(wait_for_export_limit=waits)
    run = tap.fail(settings, "hits", state=earlier_state(0))
    assert int(sandbox.received("POST", "/export")[0].status or 0) == 429
    assert "-ratelimit" in run.log
    assert bookmark_of(run) == 0


@pytest.mark.parametrize(
    ("generation", "wrong", "right"),
    [(Generation.V2_7, "send", "omit"), (Generation.MAIN, "omit", "send")],
)
def test_a_refused_format_names_the_setting_and_its_right_value(
    open_sandbox: OpenSandbox, tap: TapInProcess, generation: Generation, wrong: str, right: str
) -> None:
    sandbox = open_sandbox(generation)
    sandbox.add(view("/a"))
    run = tap.fail(sandbox.settings(export_format_parameter=wrong), "hits")
    assert f"Set 'export_format_parameter' to '{right}'" in run.log
    assert exports_asked_for(sandbox) == 1
    second = tap.succeed(sandbox.settings(export_format_parameter=right), "hits")
    assert len(second.records["hits"]) == 1


@pytest.mark.parametrize("why", ["unknown", "failed", "a day old"])
def test_an_export_that_is_of_no_use_is_replaced_by_a_new_one(
    newer: Sandbox, tap: TapInProcess, why: str
) -> None:
    newer.add(view("/a"))
    tap.succeed(newer.settings(), "hits")
    if why == "failed":
        newer.server.exports[0].fail("no space left on device")
    export, hours = (77 if why == "unknown" else 1), (25 if why == "a day old" else 1)
    run = tap.succeed(newer.settings(), "hits", state=state_with(export, hours))
    assert len(run.records["hits"]) == 1
    assert exports_asked_for(newer) == 2


def test_an_export_from_another_cursor_is_not_taken_up(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"), view("/b"))
    tap.succeed(newer.settings(), "hits")
    state = state_with(export=1, hours_ago=1, cursor=1)
    second = tap.succeed(newer.settings(), "hits", state=state)
    assert [hit["path"] for hit in second.records["hits"]] == ["/b"]
    assert exports_asked_for(newer) == 2


@pytest.mark.parametrize(("hours_ago", "asked"), [(0.5, 1), (2, 2)])
def test_an_export_lost_by_the_server_is_replaced_when_the_next_one_is_granted(
    newer: Sandbox, tap: TapInProcess, hours_ago: float, asked: int
) -> None:
    newer.add(view("/a"))
    newer.server.next_export.never_finishes = True
    settings = newer.settings(export_timeout_seconds=1)
    tap.fail(settings, "hits")
    run = tap.run(settings, "hits", state=state_with(export=1, hours_ago=hours_ago))
    assert exports_asked_for(newer) == asked
    assert (run.exit_code == 0) == (asked == 2)


def state_with(export: int, hours_ago: float, cursor: int = 0) -> dict[str, Any]:
    """A state that keeps an export in mind."""
    state = earlier_state(cursor)
    asked_at = datetime.now(UTC) - timedelta(hours=hours_ago)
    memory = {"id": export, "asked_at": rfc3339(asked_at)}
    state["bookmarks"]["hits"]["partitions"][0]["export"] = memory
    return state
