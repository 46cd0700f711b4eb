"""What is compared with what, and how it is shown."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from tests.benchmarks import results
from tests.benchmarks.bench import BARE, ONE_AT_A_TIME, SDK_DEFAULT, Bench, Contest
from tests.benchmarks.measure import Measurement, measure_in_turns

if TYPE_CHECKING:
    from pathlib import Path

TAP = "tap-sheep"
FLOCK = Contest(
    "1,000 sheep",
    {
        TAP: Measurement(seconds=2, peak_memory=50.4, lines=1004),
        SDK_DEFAULT: Measurement(seconds=10, peak_memory=51, lines=1004),
        BARE: Measurement(seconds=1, peak_memory=9.6, lines=1000),
    },
)
LAMBS = Contest(
    "lambs of each",
    {TAP: Measurement(1, 50, 4000), ONE_AT_A_TIME: Measurement(8, 50, 4000)},
)
BENCHES = [Bench((FLOCK,)), Bench((LAMBS,), notes=("No sheep was lost.",))]


@pytest.fixture(autouse=True)
def _replace_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "describe_machine", lambda: "Measured on a meadow")


def test_only_runs_over_the_same_rows_are_compared() -> None:
    assert FLOCK.ratio(TAP, SDK_DEFAULT) == pytest.approx(5)
    runs = {TAP: Measurement(1, 1, 1000), SDK_DEFAULT: Measurement(1, 1, 900)}
    with pytest.raises(ValueError, match="tap-sheep wrote 1,000 lines, SDK's default path wrote"):
        Contest("sheep", runs).ratio(TAP, SDK_DEFAULT)


def test_the_file_has_one_table_of_all_taps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    results.write(BENCHES)
    lines = (tmp_path / "RESULTS.md").read_text("utf-8").splitlines()
    assert lines[2:12] == [
        "Measured on a meadow.",
        "",
        "| reads | by | rows | seconds | rows/s | x SDK | x bare | x single | peak MiB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| 1,000 sheep | tap-sheep | 1,004 | 2.0 | 502 | 5.0 | 0.50 |  | 50 |",
        "|  | SDK's default path | 1,004 | 10.0 | 100 |  | 0.10 |  | 51 |",
        "|  | bare loop | 1,000 | 1.0 | 1,000 | 10 |  |  | 10 |",
        "| lambs of each | tap-sheep | 4,000 | 1.0 | 4,000 |  |  | 8.0 | 50 |",
        "|  | one request at a time | 4,000 | 8.0 | 500 |  |  |  | 50 |",
        "",
    ]
    assert lines[12] == "* No sheep was lost."


def test_the_terminal_shows_the_same_figures() -> None:
    output = io.StringIO()
    Console(file=output, width=110).print(results.build_table(BENCHES))
    (row,) = [line for line in output.getvalue().splitlines() if "1,000 sheep" in line]
    shown = "1,000 sheep", TAP, "1,004", "2.0", "502", "5.0", "0.50", "50"
    assert row.split() == " ".join(shown).split()


def test_sides_have_their_turns_and_the_fastest_run_counts() -> None:
    turns: list[str] = []
    seconds = {"fast": iter((3, 1, 2)), "slow": iter((9, 7, 30))}

    def measure_side(name: str) -> Measurement:
        turns.append(name)
        return Measurement(next(seconds[name]), 1, 1)

    fastest = measure_in_turns(
        {"fast": lambda: measure_side("fast"), "slow": lambda: measure_side("slow")}, rounds=3
    )
    assert turns == ["fast", "slow"] * 3
    assert {name: run.seconds for name, run in fastest.items()} == {"fast": 1, "slow": 7}
