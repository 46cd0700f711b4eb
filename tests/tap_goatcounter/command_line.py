"""The tap, by its command line and in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_tapkit.failures import LASTING_STATUS, TRANSIENT_STATUS
from singer_tapkit.testing import TapRun, run_tap
from tap_goatcounter.tap import TapGoatCounter
from tests.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Unpack

    from tests.command_line import Given


class Tap(CommandLine):
    """The tap's command line."""

    name = "tap-goatcounter"


class TapInProcess:
    """The tap in this process."""

    def run(self, settings: Mapping[str, Any], *streams: str, **given: Unpack[Given]) -> TapRun:
        """Run the tap to its end, with these streams selected or else the usual ones."""
        return run_tap(TapGoatCounter, settings, select=streams, **given)

    def succeed(self, settings: Mapping[str, Any], *streams: str, **given: Unpack[Given]) -> TapRun:
        """Run the tap, which must not fail."""
        run = self.run(settings, *streams, **given)
        assert run.exit_code == 0, run.error
        return run

    def fail(self, settings: Mapping[str, Any], *streams: str, **given: Unpack[Given]) -> TapRun:
        """Run the tap, which must fail, and say why in words instead of a traceback."""
        run = self.run(settings, *streams, **given)
        assert run.exit_code in {LASTING_STATUS, TRANSIENT_STATUS}
        assert run.error
        return run
