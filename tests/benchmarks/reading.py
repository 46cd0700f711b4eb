"""What is read: from which server, with which settings, and by whom."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import select_streams
from tests.benchmarks import latency
from tests.benchmarks.bench import (
    BARE,
    DLT,
    DLT_LISTS,
    ONE_AT_A_TIME,
    SDK_DEFAULT,
    SDK_LEAN,
    Contest,
)
from tests.benchmarks.measure import measure, measure_in_turns
from tests.benchmarks.memory import remember_pages
from tests.benchmarks.sdk_baseline import build_sdk_command
from tests.benchmarks.serving import serve_apart
from tests.benchmarks.with_dlt import measure_dlt
from tests.processes import build_command, discover_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.benchmarks.latency import Traffic
    from tests.benchmarks.measure import Measurement
    from tests.sandbox.sandbox import Sandbox

EVERYBODY = (SDK_DEFAULT, SDK_LEAN, DLT_LISTS, DLT, BARE)


@dataclass(frozen=True)
class Reading:
    """Rows of a server, and the ways to read them.

    Attributes:
        tap: The tap.
        make: Makes the server; it must fit into a pickle.
        settings: Gives the tap's settings from the URL.
        directory: Where files may be written.
        streams: The streams to read; none stands for the default selection.
        dlt: The `dlt_pipeline.Job` without directory, URL and kind of rows.
        file: A file with the same rows, for the bare loop.
        environment: Variables for the tap.
    """

    tap: str
    make: Callable[[], Sandbox]
    settings: Callable[[str], Mapping[str, Any]]
    directory: Path
    streams: Sequence[str] = ()
    dlt: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def build_command(self, url: str, **more: Any) -> list[str]:
        """Return the tap's command, with further settings if there are any."""
        selected = select_streams(discover_catalog(self.tap), self.streams)
        return build_command(
            self.tap,
            {**self.settings(url), **more},
            self.directory,
            catalog=selected if self.streams else None,
        )

    def compare(self, reads: str, *others: str) -> Contest:
        """Let the tap and others read the same rows, each from a new server."""
        sides: dict[str, Callable[[], Measurement]] = {
            self.tap: self.measure_tap,
            SDK_DEFAULT: self._measure_sdk,
            SDK_LEAN: partial(self._measure_sdk, lean=True),
            DLT_LISTS: partial(self.measure_dlt, as_arrow=False),
            DLT: partial(self.measure_dlt, as_arrow=True),
            BARE: self._measure_raw_baseline,
        }
        return Contest(reads, measure_in_turns({name: sides[name] for name in (self.tap, *others)}))

    def compare_from_memory(self, reads: str) -> Contest:
        """Let the tap and the SDK's path read from a server that has its answers at hand."""
        with serve_apart(remember_pages(self.make)) as server:
            command = self.build_command(server.url)
            measure(command)
            sides = {
                self.tap: partial(measure, command),
                SDK_DEFAULT: partial(measure, build_sdk_command(command)),
            }
            return Contest(reads, measure_in_turns(sides))

    def compare_concurrency(self, reads: str) -> Contest:
        """Let the tap read with many requests at once and with one, where answers come late."""
        many, single = self.read_late(), self.read_late(max_concurrency=1)
        runs = {self.tap: many.measurement, ONE_AT_A_TIME: single.measurement}
        return Contest(reads, runs)

    def read_late(self, **more: Any) -> Traffic:
        """Measure the tap where answers come late."""
        return latency.run(self.make, partial(self.build_command, **more))

    def measure_tap(self) -> Measurement:
        """Measure the tap."""
        with serve_apart(self.make) as server:
            return measure(self.build_command(server.url), self.environment)

    def measure_dlt(self, *, as_arrow: bool, **more: Any) -> Measurement:
        """Measure dlt, with further parts of its job if there are any."""
        with serve_apart(self.make) as server:
            job = {**self.dlt, "url": server.url, "as_arrow": as_arrow, **more}
            return measure_dlt(job, self.directory)

    def _measure_sdk(self, *, lean: bool = False) -> Measurement:
        with serve_apart(self.make) as server:
            command = build_sdk_command(self.build_command(server.url), lean=lean)
            return measure(command, self.environment)

    def _measure_raw_baseline(self) -> Measurement:
        return measure([sys.executable, "-m", "tests.benchmarks.raw_baseline", str(self.file)])
