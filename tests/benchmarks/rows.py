"""Rows that several programs read from the same server."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.benchmarks import serving
from tests.benchmarks.bench import SDK_DEFAULT
from tests.benchmarks.measure import Measurement, measure, measure_in_turns
from tests.benchmarks.sdk_baseline import build_sdk_command
from tests.benchmarks.with_dlt import measure_dlt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.sandbox.sandbox import Sandbox


class Rows(ABC):
    """The rows, and the ways to read them."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables for the tap."""
        return {}

    @property
    @abstractmethod
    def path(self) -> Path:
        """The file with the rows, for `measure_raw_baseline`; others work beside it."""

    @abstractmethod
    def sandbox(self) -> Sandbox:
        """Make a server that gives these rows."""

    @abstractmethod
    def command(self, url: str, **more: Any) -> list[str]:
        """Return the tap's command, with further settings if there are any."""

    @abstractmethod
    def dlt_job(self, url: str, *, as_arrow: bool) -> dict[str, Any]:
        """Return the settings for dlt."""

    def measure_tap(self) -> Measurement:
        """Measure the tap."""
        with serving.serve_apart(self.sandbox) as server:
            return measure(self.command(server.url), self.environment)

    def measure_sdk(self, *, lean: bool = False) -> Measurement:
        """Measure the same stream on the SDK's path."""
        with serving.serve_apart(self.sandbox) as server:
            command = build_sdk_command(self.command(server.url), lean=lean)
            return measure(command, self.environment)

    def measure_dlt(self, *, as_arrow: bool = True) -> Measurement:
        """Measure dlt."""
        with serving.serve_apart(self.sandbox) as server:
            return measure_dlt(self.dlt_job(server.url, as_arrow=as_arrow), self.path.parent)

    def measure_raw_baseline(self) -> Measurement:
        """Measure the plainest loop over the file."""
        return measure([sys.executable, "-m", "tests.benchmarks.raw_baseline", str(self.path)])


def compare_with_sdk(tap: str, command: Sequence[str]) -> Mapping[str, Measurement]:
    """Measure a tap and the SDK's path, once the server has its answers at hand."""
    measure(command)
    sides = {
        tap: partial(measure, command),
        SDK_DEFAULT: partial(measure, build_sdk_command(command)),
    }
    return measure_in_turns(sides)
