"""The harness kills whom it should, when it should, and notes what is left behind."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import pytest

from tests.chaos.kills import Kill, Moment, Victim
from tests.chaos.pipeline import Pipeline
from tests.services.gotom import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chaos.pipeline import Outcome
    from tests.services.source import Source

LINES = 3000
COUNTS = f"for number in range({LINES}): print(number, flush=True)"
CONFIRMS = """
import sys
for line in sys.stdin:
    if line.endswith("0\\n"):
        print('{"seen": %d}' % int(line), flush=True)
"""
ASKS = """
import requests, sys
for _ in range(3):
    try:
        print(requests.get(sys.argv[1], timeout=20).status_code)
    except requests.ConnectionError:
        print("gone")
"""
LEAVES_A_CHILD = """
from subprocess import DEVNULL, Popen
Popen(["sleep", "60"], stdout=DEVNULL, stderr=DEVNULL)
"""
"""A tap that ends before its child does."""


class Harness:
    """Pipelines of small programs."""

    def __init__(self, directory: Path, source: Source) -> None:
        """Keep logs in a directory."""
        self._directory = directory
        self._source = source

    def run(self, tap: str, kill: Kill | None = None) -> Outcome:
        """Run a program as the tap, into one that confirms every tenth line."""
        url = self._source.settings["base_url"]
        target = [sys.executable, "-c", CONFIRMS]
        tap_command = [sys.executable, "-c", tap, f"{url}/app-api/customer"]
        return Pipeline(tap_command, target, self._directory, self._source, kill).run()


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    with serve(random.Random(0)) as source:  # noqa: S311
        yield Harness(tmp_path, source)


def test_nobody_is_killed_unless_wanted(harness: Harness) -> None:
    outcome = harness.run(COUNTS)
    assert not outcome.struck
    assert (outcome.tap, outcome.target, outcome.lines) == (0, 0, LINES)
    assert outcome.states[-1] == {"seen": LINES - 10}


def test_of_a_tap_killed_after_a_line_nothing_more_is_handed_on(harness: Harness) -> None:
    outcome = harness.run(COUNTS, Kill(Victim.TAP, Moment.LINE, 25))
    assert outcome.struck
    assert outcome.output.splitlines()[-1] == b"24"
    assert outcome.states == [{"seen": 0}, {"seen": 10}, {"seen": 20}]
    assert (outcome.tap, outcome.target) == (-9, 0)


def test_the_last_line_can_be_cut_in_two(harness: Harness) -> None:
    outcome = harness.run(COUNTS, Kill(Victim.TAP, Moment.HALF_LINE, 1235))
    assert outcome.output.endswith(b"\n1233\n12")
    assert outcome.tap == -9


def test_a_tap_that_is_asked_to_end_may_say_its_last_words(harness: Harness) -> None:
    says = "import signal; signal.signal(signal.SIGTERM, lambda *_: exit('done' + chr(10)))\n"
    outcome = harness.run(says + COUNTS, Kill(Victim.TAP_ASKED, Moment.LINE, 10))
    assert outcome.tap_log == "done\n\n"
    assert outcome.lines >= 10


def test_without_its_target_the_tap_meets_a_broken_pipe(harness: Harness) -> None:
    outcome = harness.run(COUNTS, Kill(Victim.TARGET, Moment.LINE, 10))
    assert outcome.target == -9
    assert "BrokenPipeError" in outcome.tap_log


def test_a_kill_that_comes_too_late_is_none(harness: Harness) -> None:
    assert not harness.run(COUNTS, Kill(Victim.EVERYTHING, Moment.LINE, LINES + 1)).struck


def test_a_server_that_is_gone_stays_away(harness: Harness) -> None:
    outcome = harness.run(ASKS, Kill(Victim.CONNECTION, Moment.REQUEST, 2))
    assert outcome.struck
    assert outcome.output == b"401\ngone\ngone\n"


def test_a_process_left_behind_is_noticed(harness: Harness) -> None:
    with pytest.raises(AssertionError, match="the tap has left processes behind"):
        harness.run(LEAVES_A_CHILD)
