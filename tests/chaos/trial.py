"""A pipeline that is killed again and again, and must then hold what its source holds."""

from __future__ import annotations

import contextlib
import json
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import select_streams
from tests.chaos.kills import Kill, Moment, Reach, Victim
from tests.chaos.pipeline import Pipeline
from tests.processes import build_command, discover_catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.pipeline import Outcome
    from tests.chaos.warehouse import Warehouse
    from tests.services.source import Serve, Source

END_LIMIT_SECONDS = 30
"""How long a tap may take to end whose target or server has gone."""
LOG_LINES_SHOWN = 30
RUNS_LEFT_ALONE = 2
"""How many runs follow the last kill, as the state after the first of them must fit as well."""
CHANGES_BETWEEN_KILLS = 0.5
"""How likely the source changes before a run."""


class ChaosError(Exception):
    """A pipeline has not done what it promises."""


@dataclass
class Report:
    """What has come of a trial.

    Attributes:
        kills: How many kills there were of each kind.
        states: How many states the target has confirmed.
        runs: How many runs there were.
        rows: How many rows the warehouse holds in the end.
    """

    kills: Counter[Victim] = field(default_factory=Counter)
    states: int = 0
    runs: int = 0
    rows: int = 0

    def __add__(self, other: Report) -> Report:
        """Add up two trials."""
        return Report(
            self.kills + other.kills,
            self.states + other.states,
            self.runs + other.runs,
            self.rows + other.rows,
        )


def attempt(tap: str, serve: Serve, warehouse: Warehouse, kills: int, seed: int) -> Report:
    """Kill a pipeline so many times, and compare its warehouse with its source.

    Args:
        tap: The tap's name, behind which more may stand.
        serve: Serves its source.
        warehouse: What is loaded, empty.
        kills: How many times it is killed; at least twice.
        seed: What all chance follows from.

    Raises:
        ChaosError: Something went wrong; the message says at which step.
    """
    chance = random.Random(seed)  # noqa: S311
    with tempfile.TemporaryDirectory(prefix="chaos-") as directory, serve(chance) as source:
        return Trial(tap, source, warehouse, Path(directory), chance).run(kills)


class Trial:
    """The runs of one pipeline."""

    def __init__(
        self, tap: str, source: Source, warehouse: Warehouse, directory: Path, chance: random.Random
    ) -> None:
        """Prepare to load a warehouse from a source, by way of an empty directory."""
        self._source = source
        self._warehouse = warehouse
        self._directory = directory
        self._chance = chance
        self._state: dict[str, Any] | None = None
        self._successes = 0
        self._report = Report()
        rows = sum(len(rows) for rows in source.list_rows().values())
        rows_of_a_line = source.settings.get("batch_config", {}).get("batch_size", 1)
        self._reach = Reach(lines=rows // rows_of_a_line)
        self._tap = tap = tap.split(maxsplit=1)[0]
        self._catalog = (
            select_streams(discover_catalog(tap), source.streams) if source.streams else None
        )

    def run(self, kills: int) -> Report:
        """Kill, start again, and compare in the end.

        Raises:
            ChaosError: Something went wrong.
        """
        for kill in self._draw_first_kills():
            self._run_step(kill)
        while self._report.kills.total() < kills:
            if self._chance.random() < CHANGES_BETWEEN_KILLS:
                self._source.change(self._chance)
            self._run_step(self._reach.draw(self._find_rarest_victim(), self._chance))
        self._source.change(self._chance)
        for _ in range(max(RUNS_LEFT_ALONE, self._source.runs_until_equal)):
            self._run_step(None)
        return self._report

    def _draw_first_kills(self) -> Iterator[Kill]:
        """Kill everything before any state, and then the target that reads a first run."""
        yield Kill(Victim.EVERYTHING, Moment.LINE, self._chance.randint(1, 50))
        yield Kill(Victim.TARGET, Moment.LINE, self._chance.randint(1, self._reach.lines // 2))

    def _find_rarest_victim(self) -> Victim:
        """Return one of those that were killed least."""
        return min(Victim, key=lambda victim: (self._report.kills[victim], self._chance.random()))

    def _run_step(self, kill: Kill | None) -> None:
        """Run the pipeline once, and check what it left behind.

        Raises:
            ChaosError: That is not as it should be.
        """
        self._report.runs += 1
        fresh = self._state is None
        outcome = self._build_pipeline(kill).run()
        self._report.states += len(outcome.states)
        self._reach.requests = max(self._reach.requests, outcome.requests)
        if outcome.states:
            self._state = outcome.states[-1]
        with self._explain_errors(kill, outcome):
            self._check_remains(outcome)
            if kill and outcome.struck:
                self._report.kills[kill.victim] += 1
                self._successes = 0
                self._check_end(kill, outcome, fresh=fresh)
            else:
                self._successes += 1
                self._check_success(outcome)

    def _build_pipeline(self, kill: Kill | None) -> Pipeline:
        tap = build_command(
            self._tap,
            self._source.settings,
            self._directory,
            catalog=self._catalog,
            state=self._state,
        )
        target = self._warehouse.prepare_command(self._directory)
        return Pipeline(tap, target, self._directory, self._source, kill)

    def _check_remains(self, outcome: Outcome) -> None:
        """Check that the tap left no file, and wrote no secret."""
        left = [path.name for path in (self._directory / "tap").iterdir()]
        _expect(not left, f"the tap has left files: {left}")
        texts = {
            "the tap's log": outcome.tap_log,
            "the target's log": outcome.target_log,
            "the tap's output": outcome.output.decode(errors="replace"),
            "a state": json.dumps(outcome.states),
        }
        for name, text in texts.items():
            leaks = any(secret in text for secret in self._source.secrets)
            _expect(not leaks, f"{name} has a secret")
        _expect("Traceback" not in outcome.tap_log, "the tap has died with a traceback")

    def _check_end(self, kill: Kill, outcome: Outcome, *, fresh: bool) -> None:
        """Check how a killed pipeline ended.

        A tap whose target is gone may be done by then, as its last lines wait in the pipe; but not
        in the first half of a first run.
        """
        _expect(outcome.afterwards < END_LIMIT_SECONDS, f"it took {outcome.afterwards:.0f} seconds")
        in_first_half = kill.moment is Moment.LINE and kill.number <= self._reach.lines // 2
        has_more = kill.victim is Victim.TARGET and fresh and in_first_half
        if kill.victim is Victim.CONNECTION or has_more:
            _expect(outcome.tap != 0, "the tap says that all went well")

    def _check_success(self, outcome: Outcome) -> None:
        """Check that a run that nobody disturbed went well and, if it should have, brought all."""
        statuses = (outcome.tap, outcome.target)
        _expect(statuses == (0, 0), f"the exit statuses are {statuses}")
        self._reach = Reach(outcome.lines, outcome.requests, int(outcome.seconds * 10))
        if self._successes < self._source.runs_until_equal:
            return
        rows = self._source.list_rows()
        differences = self._warehouse.find_differences(rows)
        _expect(not differences, "\n".join(differences))
        self._report.rows = sum(len(table) for table in rows.values())

    @contextlib.contextmanager
    def _explain_errors(self, kill: Kill | None, outcome: Outcome) -> Iterator[None]:
        """Report at which step something went wrong, with the logs of tap and target."""
        try:
            yield
        except ChaosError as error:
            logs = (_read_last_lines(outcome.tap_log), _read_last_lines(outcome.target_log))
            how = f"killing: {kill}" if kill else "left alone"
            raise ChaosError(
                f"step {self._report.runs}, {how}: {error}\n"
                f"The tap ended with {outcome.tap}, and said:\n{logs[0]}\n"
                f"The target ended with {outcome.target}, and said:\n{logs[1]}"
            ) from None


def _expect(condition: bool, otherwise: str) -> None:  # noqa: FBT001
    if not condition:
        raise ChaosError(otherwise)


def _read_last_lines(log: str) -> str:
    lines = [line for line in log.splitlines() if "METRIC" not in line]
    return "\n".join(lines[-LOG_LINES_SHOWN:])
