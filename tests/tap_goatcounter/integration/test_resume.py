"""Runs that are cut short, and those that go on where they ended."""

from __future__ import annotations

import json
import random
import signal
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.command_line import read_lines, read_until, stop
from tests.sandbox.faults import Delay
from tests.sandbox.goatcounter import Generation
from tests.singer import Output, keys_of, read_output
from tests.tap_goatcounter.exports import (
    bookmark_of,
    earlier_state,
    exports_asked_for,
    memory_of,
)
from tests.tap_goatcounter.servers import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tap_goatcounter.command_line import Tap
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox

PATIENCE_SECONDS = 60
EXPORT_IN_MIND = '"checkpoint"'


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that is bound to happen."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_stopped_while_it_waits_for_the_export_takes_it_up_again(
    sandbox: Sandbox, command: Tap, how: signal.Signals
) -> None:
    sandbox.add(view("/a"), view("/b"))
    sandbox.server.next_export.seconds = 4
    process = command.start(sandbox.settings(), "hits", state=earlier_state(0))
    lines = read_until(process, EXPORT_IN_MIND)
    wait_until(lambda: sandbox.received("GET", "/export/1"))
    stop(process, how)
    second = command.succeed(sandbox.settings(), "hits", state=json.loads(lines[-1])["value"])
    assert [hit["path"] for hit in second.records["hits"]] == ["/a", "/b"]
    assert exports_asked_for(sandbox) == 1
    assert (bookmark_of(second), memory_of(second)) == (2, None)


def test_a_run_killed_while_it_emits_gives_the_same_keys_to_the_same_hits_again(
    sandbox: Sandbox, command: Tap
) -> None:
    sandbox.add(*(view(f"/{number}", session=str(number)) for number in range(3000)))
    process = command.start(sandbox.settings(), "hits", state=earlier_state(0))
    lines = read_until(process, EXPORT_IN_MIND)
    lines += read_lines(process, 1500)
    stop(process, signal.SIGKILL)
    first = read_output(lines)
    assert bookmark_in(first) == 0
    sandbox.add(view("/after-the-export"))
    second = command.succeed(sandbox.settings(), "hits", state=first.state)
    assert len(first.records["hits"]) == 1500
    again = second.records["hits"][:1500]
    assert again == first.records["hits"]
    assert len(second.records["hits"]) == 3000
    assert exports_asked_for(sandbox) == 1
    third = command.succeed(sandbox.settings(), "hits", state=second.output.state)
    assert [hit["path"] for hit in third.records["hits"]] == ["/after-the-export"]


def test_a_run_terminated_while_it_emits_writes_whole_lines_and_a_true_state(
    newer: Sandbox, command: Tap
) -> None:
    newer.add(*(view(f"/{number}", session=str(number)) for number in range(6000)))
    process = command.start(newer.settings(), "hits", state=earlier_state(0))
    lines = read_until(process, EXPORT_IN_MIND)
    lines += read_lines(process, 100)
    process.terminate()
    assert process.stdout is not None
    rest = process.stdout.read()
    assert rest.endswith("}\n")
    output = read_output([*lines, *rest.splitlines()])
    assert 100 <= len(output.records["hits"]) < 6000
    assert bookmark_in(output) == 0
    second = command.succeed(newer.settings(), "hits", state=output.state)
    assert len(second.records["hits"]) == 6000
    assert exports_asked_for(newer) == 1


def test_a_terminated_run_of_statistics_writes_how_far_it_came(
    newer: Sandbox, command: Tap
) -> None:
    newer.add(*(view("/a", days_ago=number, session=str(number)) for number in range(1, 60)))
    newer.server.faults.add("GET", "/api/v0/stats/browsers", Delay(0.2), times=None)
    process = command.start(newer.settings(), "browsers")
    lines = read_lines(process, 20)
    output = read_output([*lines, *stop(process, signal.SIGTERM)])
    last_day = output.records["browsers"][-1]["day"]
    assert output.bookmark("browsers", site_id=1) in {last_day, _day_before(last_day)}
    newer.server.faults.clear()
    second = command.succeed(newer.settings(), "browsers", state=output.state)
    days = {record["day"] for record in output.records["browsers"] + second.records["browsers"]}
    assert len(days) == 59


@pytest.mark.long(seconds=25)
@pytest.mark.parametrize(("generation", "seed"), [(Generation.V2_7, 1), (Generation.MAIN, 2)])
def test_runs_killed_at_any_moment_lose_nothing_and_double_nothing(
    open_sandbox: OpenSandbox, command: Tap, generation: Generation, seed: int
) -> None:
    sandbox = open_sandbox(generation)
    sandbox.add(
        *(
            view(f"/{n % 9}", session=str(n), days_ago=1 + n % 15, ref=f"ref {n % 4}")
            for n in range(300)
        )
    )
    streams = ("sites", "paths", "hits", "total_daily", "path_daily", "browsers", "toprefs")
    settings = sandbox.settings(window_days=4, stats_lookback_days=1)
    whole = by_key(command.succeed(settings, *streams).output)
    chance = random.Random(seed)  # noqa: S311
    state: dict[str, Any] | None = None
    found: dict[Any, Any] = {}
    for _ in range(6):
        process = command.start(settings, *streams, state=state)
        output = read_output(read_lines(process, chance.randint(1, 400)))
        stop(process, signal.SIGKILL)
        found |= by_key(output)
        state = output.state or state
    last = command.succeed(settings, *streams, state=state)
    found |= by_key(last.output)
    assert found.keys() == whole.keys()
    for key, record in found.items():
        assert without_export(record) == without_export(whole[key])


def bookmark_in(output: Output) -> Any:
    """The cursor in the last state."""
    return output.bookmark("hits", site_id=1)


def by_key(output: Output) -> dict[Any, dict[str, Any]]:
    """All records by stream and key."""
    return {
        (stream, key): record
        for stream, records in output.records.items()
        for key, record in zip(keys_of(output, stream), records, strict=True)
    }


def without_export(record: dict[str, Any]) -> dict[str, Any]:
    """A record without the number of the export that brought it."""
    return {name: value for name, value in record.items() if name != "export_id"}


def _day_before(day: str) -> str:
    return str((datetime.fromisoformat(day) - timedelta(days=1)).date())
