"""Run a tap with damage and without, and compare."""

from __future__ import annotations

import contextlib
import json
import random
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import select_streams
from tests.fuzz import fork_server, inputs, mutations
from tests.fuzz.exchanges import Recorder
from tests.fuzz.fork_server import Job
from tests.fuzz.outcome import Finding, Outcome, Warehouse, judge
from tests.fuzz.sources import SECRET, variants_of
from tests.fuzz.trees import ALL, Check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.fuzz.exchanges import Exchange
    from tests.fuzz.fork_server import ForkServer
    from tests.fuzz.inputs import DamagedFile
    from tests.fuzz.mutations import Mutation
    from tests.fuzz.sources import Source

TIME_LIMIT_SECONDS = 30
RUNS_AFTER = 2
"""The first run after a damaged one may go on with what that began, and leave news to the next."""


@dataclass(frozen=True)
class Result:
    """What has come of a trial.

    Attributes:
        tap: The tap.
        seed: What the trial follows from.
        kinds: What was damaged, in words for the summary.
        description: The same with all places.
        status: The exit status of the damaged run, None if it was killed.
        findings: What was found.
        logs: What the tap has said in each run.
    """

    tap: str
    seed: int
    kinds: Sequence[str]
    description: str
    status: int | None
    findings: Sequence[Finding]
    logs: Sequence[str] = field(repr=False)


@dataclass(frozen=True)
class Start:
    """A state to start from, and what was loaded by then."""

    name: str
    state: dict[str, Any] | None
    warehouse: Warehouse


@dataclass(frozen=True)
class Baseline:
    """What runs without damage show of a service.

    Attributes:
        build: Builds the service.
        catalog: The catalog, everything selected.
        exchanges: What is asked and answered, by endpoint.
        truth: What a tap must bring.
        volatile: The streams and fields that differ from run to run.
        earlier: The messages of a run before the service grew.
    """

    build: Callable[..., Source]
    catalog: dict[str, Any]
    exchanges: Mapping[str, Sequence[Exchange]]
    truth: Warehouse
    volatile: set[tuple[str, str]]
    earlier: Sequence[dict[str, Any]]


class Bench(contextlib.ExitStack):
    """Where the trials of one tap are made."""

    def __init__(self, tap: str) -> None:
        """Start what runs the tap, until the context is left."""
        super().__init__()
        self._tap = tap
        self._taps: ForkServer = self.enter_context(fork_server.start(tap))
        directory = tempfile.TemporaryDirectory(prefix="fuzz-")
        self._directory = Path(self.enter_context(directory))
        self._builds = variants_of(tap)
        self._baselines: dict[int, Baseline] = {}

    def attempt(self, seed: int) -> Result:
        """Make the trial of a seed."""
        chance = random.Random(f"{self._tap} {seed}")  # noqa: S311
        baseline = self._baseline(chance.randrange(len(self._builds)))
        trial = _Trial(self._run, baseline, chance)
        findings = trial.run()
        return Result(
            self._tap,
            seed,
            trial.kinds,
            f"{trial.description} ({trial.start.name})",
            trial.logs[0][0],
            findings,
            [log for _, log in trial.logs],
        )

    def _baseline(self, number: int) -> Baseline:
        if number not in self._baselines:
            self._baselines[number] = self._measure(self._builds[number])
        return self._baselines[number]

    def _measure(self, build: Callable[..., Source]) -> Baseline:
        """Run the tap without damage, before and after the service grows.

        Raises:
            RuntimeError: That does not go well.
        """
        recorder, truths = Recorder(), []
        catalog: dict[str, Any] = {}
        earlier: list[dict[str, Any]] = []
        for grown in (False, True, True):
            source = build(grown=grown)
            source.sandbox.faults.add("*", "*", recorder, times=None)
            with source.sandbox.serve() as url:
                catalog = self._catalog(source, url)
                recorder.exchanges.clear()
                outcome = self._run(_files(source, url, catalog))
            if outcome.status or outcome.findings:
                found = f"{outcome.findings}\n{outcome.log[-2000:]}"
                raise RuntimeError(f"{self._tap} fails without damage: {found}")
            truths.append(Warehouse().load(outcome.output.messages))
            earlier = earlier or outcome.output.messages
        _, one, other = truths
        volatile = one.find_changing_fields(other)
        exchanges = recorder.by_endpoint()
        return Baseline(build, catalog, exchanges, one.keep_stable(other), volatile, earlier)

    def _catalog(self, source: Source, url: str) -> dict[str, Any]:
        """Discover the catalog, and select all streams that the service has."""
        settings = self._written("config.json", json.dumps(source.settings(url)).encode())
        status = self._start(["--discover", "--config", settings])
        if status != 0:
            raise RuntimeError(f"{self._tap} does not discover its streams: {status}")
        catalog = json.loads((self._directory / "output").read_bytes())
        names = [stream["tap_stream_id"] for stream in catalog["streams"]]
        return select_streams(
            catalog,
            [
                name
                for name in names
                if name in (source.streams or names) and not name.startswith(source.unread)
            ],
        )

    def _run(self, files: Mapping[str, bytes]) -> Outcome:
        """Run the tap with the files that options name."""
        arguments = [
            part
            for option, content in files.items()
            for part in (f"--{option}", self._written(f"{option}.json", content))
        ]
        return judge(self._start(arguments), self._directory, (SECRET,))

    def _start(self, arguments: list[str]) -> int | None:
        return self._taps.run(Job(arguments, str(self._directory), TIME_LIMIT_SECONDS))

    def _written(self, name: str, content: bytes) -> str:
        path = self._directory / name
        path.write_bytes(content)
        return str(path)


def _files(
    source: Source, url: str, catalog: Mapping[str, Any], state: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    files = {"config": source.settings(url), "catalog": catalog}
    if state is not None:
        files["state"] = state
    return {option: json.dumps(content).encode() for option, content in files.items()}


class _Trial:
    """One run with damage, and those after it."""

    def __init__(
        self,
        run: Callable[[Mapping[str, bytes]], Outcome],
        baseline: Baseline,
        chance: random.Random,
    ) -> None:
        self._run = run
        self._baseline = baseline
        self._chance = chance
        self._source = baseline.build(grown=True)
        self.start = self._draw_start()
        self.logs: list[tuple[int | None, str]] = []
        self.kinds: list[str] = []
        self.description = "nothing"

    def run(self) -> list[Finding]:
        """Run the tap with damage and without, and return what is found."""
        with self._source.sandbox.serve() as url:
            files = _files(self._source, url, self._baseline.catalog, self.start.state)
            damages = self._damage(files)
            self.kinds = [damage.kind for damage in damages] or ["nothing"]
            self.description = "; ".join(map(str, damages)) or "nothing"
            checks = ALL
            for damage in damages:
                checks &= damage.checks
            outcome = self._noted(files)
            self._source.sandbox.faults.clear()
            findings = list(outcome.findings)
            if outcome.status is None or any(one.kind == "invalid Singer" for one in findings):
                return findings
            loaded = self.start.warehouse.load(outcome.output.messages)
            if outcome.status == 0:
                findings += self._compare(loaded, checks, outcome.skipped)
            if Check.NEXT in checks and (outcome.status == 0 or not self._has_bad_state()):
                findings += self._go_on(url, outcome, loaded, checks)
            return findings

    def _draw_start(self) -> Start:
        """Draw nothing, the last state of an earlier run, or any state in it."""
        messages = self._baseline.earlier
        states = [place for place, one in enumerate(messages) if one["type"] == "STATE"]
        match self._chance.choice(("empty", "empty", "last", "any")):
            case "empty":
                return Start("from an empty state", None, Warehouse())
            case "last":
                name, place = "from the last state", states[-1]
            case _:
                name, place = "from a state amid a run", self._chance.choice(states)
        return Start(name, messages[place]["value"], Warehouse().load(messages[: place + 1]))

    def _damage(self, files: dict[str, bytes]) -> list[Mutation | DamagedFile]:
        """Damage the files or the service."""
        draw = self._chance.random()
        if draw < 0.02:
            return []
        if draw < 0.12 and self.start.state is not None:
            return [_replaced(files, "state", inputs.damage_state(self.start.state, self._chance))]
        if draw < 0.15:
            damaged = inputs.damage_settings(json.loads(files["config"]), self._chance)
            return [_replaced(files, "config", damaged)]
        if draw < 0.18:
            damaged = inputs.damage_catalog(self._baseline.catalog, self._chance)
            return [_replaced(files, "catalog", damaged)]
        count = self._chance.choice((1, 1, 1, 2, 3))
        drawn = [
            mutations.draw(self._baseline.exchanges, self._source, self._chance)
            for _ in range(count)
        ]
        for mutation in drawn:
            mutation.add_to(self._source.sandbox.faults)
        return list(drawn)

    def _noted(self, files: Mapping[str, bytes]) -> Outcome:
        outcome = self._run(files)
        self.logs.append((outcome.status, outcome.log))
        return outcome

    def _has_bad_state(self) -> bool:
        return self.kinds[0].startswith("state")

    def _compare(
        self, loaded: Warehouse, checks: Check, skipped: Mapping[str, int]
    ) -> list[Finding]:
        """Compare what is loaded after a damaged run that ended with 0 with the truth."""
        if self.start.name == "from a state amid a run":
            return []
        missing = loaded.find_missing(self._baseline.truth, skipped) if Check.RUN in checks else ""
        surplus = self._surplus(loaded) if Check.VALUES in checks else ""
        found = {"missing with exit 0": missing, "surplus or changed with exit 0": surplus}
        return [Finding(kind, detail) for kind, detail in found.items() if detail]

    def _surplus(self, loaded: Warehouse) -> str:
        return loaded.find_differences(self._baseline.truth, self._baseline.volatile)

    def _go_on(self, url: str, outcome: Outcome, loaded: Warehouse, checks: Check) -> list[Finding]:
        """Run without damage from the last state, and compare with the truth."""
        state = self.start.state
        missing = surplus = ""
        for _ in range(RUNS_AFTER):
            state = outcome.output.state or state
            files = _files(self._source, url, self._baseline.catalog, state)
            outcome = self._noted(files)
            if outcome.status or outcome.findings:
                found = outcome.findings or self._last_words(outcome)
                return [Finding("next run fails", f"exit {outcome.status}: {found}")]
            loaded = loaded.load(outcome.output.messages)
            missing = loaded.find_missing(self._baseline.truth)
            surplus = self._surplus(loaded) if Check.VALUES in checks else ""
            if not missing and not surplus:
                return []
        kind = "lost for good" if missing else "surplus or changed with exit 0"
        return [Finding(kind, f"after the next run: {missing or surplus}")]

    def _last_words(self, outcome: Outcome) -> str:
        return outcome.log.strip()[-300:].replace("\n", " | ")


def _replaced(files: dict[str, bytes], option: str, damaged: DamagedFile) -> DamagedFile:
    files[option] = damaged.content
    return damaged


def attempt(tap: str, seed: int) -> Result:
    """Make a trial; what it needs is kept for the next trial of the tap in this process."""
    return _bench(tap).attempt(seed)


@cache
def _bench(tap: str) -> Bench:
    return Bench(tap)
