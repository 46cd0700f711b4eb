"""How fast, and in how much memory, a large report reaches stdout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.benchmarks.bench import BARE, DLT, DLT_LISTS, SDK_DEFAULT, SDK_LEAN, Bench, Contest
from tests.benchmarks.measure import measure_in_turns
from tests.benchmarks.rows import Rows
from tests.processes import build_command
from tests.sandbox.gotom import GoTom, Report
from tests.sandbox.gotom.generated_csv import GeneratedCsv

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TAP = "tap-gotom"
MIB = 1 << 20
HUGE, LARGE, SMALL = 2048 * MIB, 128 * MIB, 24 * MIB
REPORT_ID = 46
USER, SECRET = "benchmark", "benchmark"
MAX_MEMORY = 100
MIN_RATIO_SDK = 3


def run(directory: Path) -> Bench:
    """Measure everybody with a small report, the fast with a large one, the tap with a huge one."""
    spool = directory / "spool"
    spool.mkdir()
    small, large = (
        SavedReport.write_rows(directory, SMALL),
        SavedReport.write_rows(directory, LARGE),
    )
    huge = SavedReport(directory, HUGE)
    everybody = Contest(
        f"report, {SMALL // MIB} MiB",
        measure_in_turns(
            {
                TAP: small.measure_tap,
                SDK_DEFAULT: small.measure_sdk,
                SDK_LEAN: partial(small.measure_sdk, lean=True),
                DLT_LISTS: partial(small.measure_dlt, as_arrow=False),
                DLT: small.measure_dlt,
                BARE: small.measure_raw_baseline,
            },
        ),
    )
    fast = Contest(
        f"report, {LARGE // MIB} MiB",
        measure_in_turns(
            {TAP: large.measure_tap, DLT: large.measure_dlt, BARE: large.measure_raw_baseline},
        ),
    )
    alone = Contest(f"report, {HUGE // MIB:,} MiB", {TAP: huge.measure_tap()})
    return Bench((everybody, fast, alone), misses=tuple(_find_misses(everybody, alone, spool)))


@dataclass(frozen=True)
class SavedReport(Rows):
    """A report of so many bytes."""

    directory: Path
    size: int

    @classmethod
    def write_rows(cls, directory: Path, size: int) -> SavedReport:
        """Make a report that is in a file as well, for `measure_raw_baseline`."""
        report = cls(directory, size)
        with report.path.open("wb") as file:
            file.writelines(Report.of_size(size).pieces())
        return report

    @property
    @override
    def path(self) -> Path:
        return self.directory / f"{self.size}.csv"

    @override
    def dlt_job(self, url: str, *, as_arrow: bool) -> dict[str, Any]:
        return {
            "reads": "report",
            "as_arrow": as_arrow,
            "url": url,
            "columns": GeneratedCsv(0).header,
            "user": USER,
            "secret": SECRET,
            "number": REPORT_ID,
        }

    @override
    def sandbox(self) -> GoTom:
        server = GoTom()
        server.add_user(USER, SECRET, {"reports"})
        server.add_report(REPORT_ID, Report.of_size(self.size))
        return server

    @property
    @override
    def environment(self) -> Mapping[str, str]:
        return {"TMPDIR": str(self.directory / "spool")}

    @override
    def command(self, url: str, **more: Any) -> list[str]:
        config = {
            "base_url": url,
            "graph_user": USER,
            "graph_secret": SECRET,
            "reports": [{"name": "bookings", "report_id": REPORT_ID}],
            **more,
        }
        return build_command(TAP, config, self.directory)


def _find_misses(everybody: Contest, alone: Contest, spool: Path) -> Iterator[str]:
    if (peak := alone.runs[TAP].peak_memory) > MAX_MEMORY:
        yield f"{TAP} took {peak:.0f} MiB of memory, more than {MAX_MEMORY}."
    yield from everybody.find_slowness(TAP, SDK_DEFAULT, MIN_RATIO_SDK)
    if left := [path.name for path in spool.iterdir()]:
        yield f"{TAP} left temporary files: {', '.join(left)}."
