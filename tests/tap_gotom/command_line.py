"""The tap, by its command line and in this process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import run_tap
from tap_gotom.tap import TapGoTom
from tests.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from singer_tapkit.testing import TapRun


class CommandLineTap(CommandLine):
    """The tap's command line."""

    name = "tap-gotom"
    is_dynamic = True


def succeed(settings: Mapping[str, Any], *streams: str, **given: Any) -> TapRun:
    """Run the tap in this process, which must not fail."""
    run = _run(settings, streams, given)
    assert run.exit_code == 0, run.log
    return run


def fail(settings: Mapping[str, Any], *streams: str, **given: Any) -> TapRun:
    """Run the tap in this process, which must fail."""
    run = _run(settings, streams, given)
    assert run.exit_code != 0, run.log
    return run


def discover(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the catalog."""
    return TapGoTom(config=dict(settings)).catalog_dict


def _run(settings: Mapping[str, Any], streams: Sequence[str], given: dict[str, Any]) -> TapRun:
    """Run the tap, and add to the log what it says last."""
    run = run_tap(TapGoTom, settings, select=streams, **given)
    return replace(run, log=f"{run.log}\n{run.error}")
