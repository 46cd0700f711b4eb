"""The tap, by its command line and in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import run_tap
from tap_gotom.tap import TapGoTom
from tests.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from singer_tapkit.testing import SingerOutput


class CommandLineTap(CommandLine):
    """The tap's command line."""

    name = "tap-gotom"
    is_dynamic = True


@dataclass(frozen=True)
class Run:
    """A finished run in this process.

    Attributes:
        output: What it wrote, validated.
        log: What it logged, and what it said last.
    """

    output: SingerOutput
    log: str

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """The records of each stream."""
        return self.output.records

    @property
    def state(self) -> dict[str, Any]:
        """The last state."""
        return self.output.state


class Tap:
    """Runs the tap in this process."""

    def succeed(self, settings: Mapping[str, Any], *streams: str, **given: Any) -> Run:
        """Run the tap, which must not fail."""
        run, exit_code = self._run(settings, streams, given)
        assert exit_code == 0, run.log
        return run

    def fail(self, settings: Mapping[str, Any], *streams: str, **given: Any) -> Run:
        """Run the tap, which must fail."""
        run, exit_code = self._run(settings, streams, given)
        assert exit_code != 0, run.log
        return run

    def discover(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the catalog."""
        return TapGoTom(config=dict(settings)).catalog_dict

    def _run(
        self, settings: Mapping[str, Any], streams: tuple[str, ...], given: dict[str, Any]
    ) -> tuple[Run, int]:
        run = run_tap(TapGoTom, settings, select=streams, **given)
        return Run(run.output, f"{run.log}\n{run.error}"), run.exit_code
