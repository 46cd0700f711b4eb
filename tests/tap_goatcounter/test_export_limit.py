"""The server grants one export per hour and client address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import UNLIMITED, Generation
from tests.tap_goatcounter.exports import bookmark_of, earlier_state, exports_asked_for, memory_of
from tests.tap_goatcounter.servers import view

if TYPE_CHECKING:
    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox


def test_when_the_export_of_this_hour_is_spent_the_stream_fails_and_says_what_to_set(
    open_sandbox: OpenSandbox, generation: Generation, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(generation, limits={**UNLIMITED, "export": (1, 3600)})
    sandbox.add(view("/a"))
    first = tap.succeed(sandbox.settings(), "hits")
    sandbox.add(view("/b"))
    second = tap.fail(sandbox.settings(), "hits", state=first.output.state)
    assert "the next in 60 minutes" in second.log
    assert "wait_for_export_limit" in second.log
    assert exports_asked_for(sandbox) == 2
    assert bookmark_of(second) == bookmark_of(first)
    assert memory_of(second) is None


def test_the_statistics_are_read_although_the_export_of_this_hour_is_spent(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.MAIN, limits={**UNLIMITED, "export": (1, 3600)})
    sandbox.add(view("/a"))
    first = tap.succeed(sandbox.settings(), "hits")
    second = tap.fail(sandbox.settings(), "hits", "total_daily", state=first.output.state)
    assert second.records["total_daily"]


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
