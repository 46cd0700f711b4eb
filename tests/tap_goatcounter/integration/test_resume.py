"""Runs that are cut short, and those that go on where they ended."""

from __future__ import annotations

import json
import signal
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.testing import SingerOutput, read_messages
from tests.command_line import read_lines, read_until, stop
from tests.tap_goatcounter.exports import build_state, count_exports, get_bookmark, get_checkpoint
from tests.tap_goatcounter.servers import make_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tap_goatcounter.conftest import Tap
    from tests.tap_goatcounter.servers import Sandbox

PATIENCE_SECONDS = 60
CHECKPOINT = '"checkpoint"'


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that is bound to happen."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_stopped_while_it_waits_for_the_export_takes_it_up_again(
    newer: Sandbox, command: Tap, how: signal.Signals
) -> None:
    newer.add(make_view("/a"), make_view("/b"))
    newer.server.next_export.never_finishes = True
    process = command.start(newer.settings(), "hits", state=build_state(0))
    lines = read_until(process, CHECKPOINT)
    wait_until(lambda: newer.received("GET", "/export/1"))
    stop(process, how)
    newer.server.exports[0].takes = timedelta()
    second = command.succeed(newer.settings(), "hits", state=json.loads(lines[-1])["value"])
    assert [hit["path"] for hit in second.records["hits"]] == ["/a", "/b"]
    assert count_exports(newer) == 1
    assert (get_bookmark(second), get_checkpoint(second)) == (2, None)


def test_a_run_killed_while_it_emits_gives_the_same_keys_to_the_same_hits_again(
    older: Sandbox, command: Tap
) -> None:
    older.add(*(make_view(f"/{number}", session=str(number)) for number in range(3000)))
    process = command.start(older.settings(), "hits", state=build_state(0))
    lines = read_until(process, CHECKPOINT)
    lines += read_lines(process, 1500)
    stop(process, signal.SIGKILL)
    first = read_messages(lines)
    assert read_bookmark(first) == 0
    older.add(make_view("/after-the-export"))
    second = command.succeed(older.settings(), "hits", state=first.state)
    assert len(first.records["hits"]) == 1500
    again = second.records["hits"][:1500]
    assert again == first.records["hits"]
    assert len(second.records["hits"]) == 3000
    assert count_exports(older) == 1
    third = command.succeed(older.settings(), "hits", state=second.output.state)
    assert [hit["path"] for hit in third.records["hits"]] == ["/after-the-export"]


def read_bookmark(output: SingerOutput) -> Any:
    """Return the cursor in the last state."""
    return output.bookmark("hits", site_id=1)
