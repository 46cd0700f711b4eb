"""Rows that several programs read from the same server."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.benchmarks import serving
from tests.benchmarks.bench import USUAL
from tests.benchmarks.measure import Measurement, by_turns, measure
from tests.benchmarks.usual_path import on_the_usual_path
from tests.benchmarks.with_dlt import through_dlt

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
        """The file with the rows, for `through_a_bare_loop`; others work beside it."""

    @abstractmethod
    def sandbox(self) -> Sandbox:
        """Make a server that gives these rows."""

    @abstractmethod
    def command(self, url: str, **more: Any) -> list[str]:
        """Return the tap's command, with further settings if there are any."""

    @abstractmethod
    def dlt_job(self, url: str, *, as_arrow: bool) -> dict[str, Any]:
        """Return the settings for dlt."""

    def through_the_tap(self) -> Measurement:
        """Measure the tap."""
        with serving.apart(self.sandbox) as server:
            return measure(self.command(server.url), self.environment)

    def on_the_usual_path(self, *, lean: bool = False) -> Measurement:
        """Measure the same stream on the SDK's path."""
        with serving.apart(self.sandbox) as server:
            command = on_the_usual_path(self.command(server.url), lean=lean)
            return measure(command, self.environment)

    def through_dlt(self, *, as_arrow: bool = True) -> Measurement:
        """Measure dlt."""
        with serving.apart(self.sandbox) as server:
            return through_dlt(self.dlt_job(server.url, as_arrow=as_arrow), self.path.parent)

    def through_a_bare_loop(self) -> Measurement:
        """Measure the plainest loop over the file."""
        return measure([sys.executable, "-m", "tests.benchmarks.floor", str(self.path)])


def against_the_usual_path(tap: str, command: Sequence[str]) -> Mapping[str, Measurement]:
    """Measure a tap and the SDK's path, once the server has its answers at hand."""
    measure(command)
    sides = {
        tap: partial(measure, command),
        USUAL: partial(measure, on_the_usual_path(command)),
    }
    return by_turns(sides)
