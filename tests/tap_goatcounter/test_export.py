"""Exports that go wrong: a clear error, a cure, and a bookmark that stays where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.faults import Answer, CutOff, Delay, Reset, html_page
from tests.tap_goatcounter.exports import bookmark_of, earlier_state, exports_asked_for, memory_of
from tests.tap_goatcounter.servers import view

if TYPE_CHECKING:
    from tests.command_line import Run
    from tests.sandbox.faults import Effect
    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.servers import Sandbox

SILENCE = Delay(3)


def test_an_export_that_failed_is_reported_in_the_servers_words_and_forgotten(
    sandbox: Sandbox, tap: TapInProcess
) -> None:
    sandbox.add(view("/a"))
    sandbox.server.next_export.error = "no space left on device"
    run = tap.fail(sandbox.settings(), "hits", state=earlier_state(0))
    assert "no space left on device" in run.log
    assert bookmark_of(run) == 0
    assert memory_of(run) is None
    second = tap.succeed(sandbox.settings(), "hits", state=run.output.state)
    assert len(second.records["hits"]) == 1


def test_an_export_that_is_never_finished_ends_the_wait_and_is_kept_in_mind(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.add(view("/a"))
    newer.server.next_export.never_finishes = True
    run = tap.fail(newer.settings(export_timeout_seconds=2), "hits", state=earlier_state(0))
    assert "not finished within 2 seconds" in run.log
    assert "export_timeout_seconds" in run.log
    assert bookmark_of(run) == 0
    assert memory_of(run) == 1
    assert run.records["hits"] == []


def test_an_export_that_takes_long_is_waited_for(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"))
    newer.server.next_export.seconds = 4
    assert len(tap.succeed(newer.settings(), "hits").records["hits"]) == 1
    assert len(newer.received("GET", "/export/1")) >= 2


def test_a_file_that_was_removed_early_is_named_as_gone(newer: Sandbox, tap: TapInProcess) -> None:
    run = _interrupted_before_the_download(newer, tap)
    newer.server.delete_export_files()
    second = tap.fail(newer.settings(), "hits", state=run.output.state)
    assert "is gone" in second.log
    assert "The next run asks for a new one" in second.log
    assert memory_of(second) is None
    third = tap.succeed(newer.settings(), "hits", state=second.output.state)
    assert [hit["path"] for hit in third.records["hits"]] == ["/a"]


def test_a_file_that_has_expired_is_not_asked_for_again_and_again(
    sandbox: Sandbox, tap: TapInProcess
) -> None:
    run = _interrupted_before_the_download(sandbox, tap)
    sandbox.server.expire_exports()
    before = len(sandbox.received("GET", "/export/1/download"))
    second = tap.fail(sandbox.settings(max_retries=5), "hits", state=run.output.state)
    assert "is gone" in second.log
    assert len(sandbox.received("GET", "/export/1/download")) == before + 1
    assert memory_of(second) is None


def test_a_fresh_file_is_tried_again_after_a_passing_error_of_the_server(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.add(view("/a"))
    trouble = Answer(500, '{"error":"unexpected error code ‘8fot6v’"}')  # noqa: RUF001
    newer.server.faults.add("GET", "/api/v0/export/1/download", trouble)
    run = tap.succeed(newer.settings(), "hits")
    assert len(run.records["hits"]) == 1
    assert exports_asked_for(newer) == 1


@pytest.mark.parametrize(
    "effect",
    [CutOff(after=50), Reset(), html_page(502, "Bad Gateway"), Answer(503), CutOff(after=0)],
    ids=["truncated", "reset", "proxy", "unavailable", "without a body"],
)
def test_a_download_that_breaks_is_tried_again(
    newer: Sandbox, tap: TapInProcess, effect: Effect
) -> None:
    newer.add(*(view(f"/{number}") for number in range(100)))
    newer.server.faults.add("GET", "/api/v0/export/1/download", effect)
    run = tap.succeed(newer.settings(), "hits")
    assert len(run.records["hits"]) == 100
    assert exports_asked_for(newer) == 1


def test_a_download_that_breaks_every_time_leaves_the_export_in_mind(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("GET", "/api/v0/export/1/download", CutOff(after=20), times=None)
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert (bookmark_of(run), memory_of(run)) == (0, 1)
    newer.server.faults.clear()
    second = tap.succeed(newer.settings(), "hits", state=run.output.state)
    assert len(second.records["hits"]) == 1
    assert exports_asked_for(newer) == 1


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
    ],
    ids=["500", "502", "503", "504", "reset", "reset when done", "truncated"],
)
def test_the_request_for_an_export_is_never_repeated(
    newer: Sandbox, tap: TapInProcess, effect: Effect
) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("POST", "/api/v0/export", effect)
    run = tap.fail(newer.settings(max_retries=5), "hits", state=earlier_state(0))
    assert exports_asked_for(newer) == 1
    assert "not repeated" in run.log
    assert "run the tap again in an hour" in run.log
    assert bookmark_of(run) == 0


def test_a_page_in_place_of_the_export_is_called_so(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("POST", "/api/v0/export", html_page(202, "Welcome"))
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert "a page of HTML" in run.log
    assert "That is not GoatCounter's API" in run.log


def test_the_request_for_an_export_is_not_repeated_when_the_answer_never_comes(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("POST", "/api/v0/export", SILENCE)
    run = tap.fail(newer.settings(request_timeout=1, max_retries=5), "hits")
    assert exports_asked_for(newer) == 1
    assert "not repeated" in run.log


def test_polling_survives_passing_errors(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("GET", "/api/v0/export/1", Answer(503))
    assert len(tap.succeed(newer.settings(), "hits").records["hits"]) == 1
    assert exports_asked_for(newer) == 1


def test_polling_that_keeps_failing_leaves_the_export_in_mind(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("GET", "/api/v0/export/1", Answer(503), times=None)
    run = tap.fail(newer.settings(max_retries=0), "hits", state=earlier_state(0))
    assert (bookmark_of(run), memory_of(run)) == (0, 1)


def _interrupted_before_the_download(sandbox: Sandbox, tap: TapInProcess) -> Run:
    """A run that has an export but never got its file."""
    sandbox.add(view("/a"))
    sandbox.server.faults.add("GET", "/api/v0/export/1/download", Reset(), times=None)
    run = tap.fail(sandbox.settings(max_retries=0), "hits", state=earlier_state(0))
    sandbox.server.faults.clear()
    assert memory_of(run) == 1
    return run
