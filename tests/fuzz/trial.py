"""Run a tap with damage and without, and compare."""

from __future__ import annotations

import json
import os
import random
import subprocess
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import select_streams
from tests.fuzz import inputs, mutations
from tests.fuzz.clock import skip_waits
from tests.fuzz.outcome import Finding, Outcome, Warehouse, judge
from tests.fuzz.sources import VARIANTS
from tests.fuzz.trees import ALL, Check
from tests.processes import discover_catalog, find_program, run_program
from tests.services.exchanges import Changed, Recorder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.fuzz.inputs import DamagedFile
    from tests.fuzz.mutations import Mutation
    from tests.fuzz.sources import Variant
    from tests.services.exchanges import Exchange
    from tests.services.source import Source

TIME_LIMIT_SECONDS = 30
RUNS_AFTER = 2
"""The first run after a damaged one may go on with what that began, and leave news to the next."""


@dataclass(frozen=True)
class Result:
    """What has come of a trial.

    Attributes:
        kinds: What was damaged, in words for the summary.
        description: The same with all places.
        status: The exit status of the damaged run, None if it was killed.
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
    """What runs without damage show of a service, the catalog of which selects everything.

    Attributes:
        exchanges: What is asked and answered, by endpoint.
        truth: What a tap must bring.
        volatile: The streams and fields that differ from run to run.
        earlier: The messages of a run before the service grew.
    """

    catalog: dict[str, Any]
    exchanges: Mapping[str, Sequence[Exchange]]
    truth: Warehouse
    volatile: set[tuple[str, str]]
    earlier: Sequence[dict[str, Any]]


def attempt(tap: str, seed: int) -> Result:
    """Make the trial of a seed."""
    chance = random.Random(f"{tap} {seed}")  # noqa: S311
    variant = chance.choice([variant for variant in VARIANTS if variant.tap == tap])
    baseline = _measure(variant)
    with variant.serve(grown=True) as source:
        return _Trial(variant, source, baseline, chance).run(seed)


@cache
def _measure(variant: Variant) -> Baseline:
    """Run the tap without damage, before and after the service grows.

    Raises:
        RuntimeError: That does not go well.
    """
    recorder, truths = Recorder(), []
    catalog: dict[str, Any] = {}
    earlier: list[dict[str, Any]] = []
    for grown in (False, True, True):
        with variant.serve(grown=grown) as source:
            catalog = catalog or _discover_catalog(variant, source)
            recorder.exchanges.clear()
            source.sandbox.faults.add("*", "*", Changed(recorder.note), times=None)
            outcome = _run(variant.tap, source, _build_files(source, catalog))
        if outcome.status or outcome.findings:
            found = f"{outcome.findings}\n{outcome.log[-2000:]}"
            raise RuntimeError(f"{variant.tap} fails without damage: {found}")
        truths.append(Warehouse().load(outcome.output.messages))
        earlier = earlier or outcome.output.messages
    _, one, other = truths
    volatile = one.find_changing_fields(other)
    return Baseline(catalog, recorder.by_endpoint(), one.keep_stable(other), volatile, earlier)


def _discover_catalog(variant: Variant, source: Source) -> dict[str, Any]:
    """Discover the catalog, and select all streams that the service has."""
    catalog = discover_catalog(variant.tap, source.settings)
    names = [stream["tap_stream_id"] for stream in catalog["streams"]]
    there = [name for name in names if not name.startswith(variant.unread)]
    return select_streams(catalog, variant.streams or there)


def _run(tap: str, source: Source, files: Mapping[str, bytes]) -> Outcome:
    """Run the tap with the files that options name."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as directory:
        command = [find_program(tap)]
        for option, content in files.items():
            path = Path(directory, f"{option}.json")
            path.write_bytes(content)
            command += [f"--{option}", str(path)]
        temporary = Path(directory, "temporary")
        temporary.mkdir()
        status, output, log = _run_to_its_end(command, temporary)
        return judge(status, output, log, temporary, source.secrets)


def _run_to_its_end(command: list[str], temporary: Path) -> tuple[int | None, str, str]:
    """Run a tap, and return its exit status, None if it did not end, its stdout and stderr."""
    environment = {**os.environ, "TMPDIR": str(temporary)}
    try:
        run = run_program(command, environment, before=skip_waits, time_limit=TIME_LIMIT_SECONDS)
    except subprocess.TimeoutExpired as overdue:
        return None, str(overdue.output), str(overdue.stderr)
    return run.returncode, run.stdout, run.stderr


def _build_files(
    source: Source, catalog: Mapping[str, Any], state: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    files = {"config": source.settings, "catalog": catalog}
    if state is not None:
        files["state"] = state
    return {option: json.dumps(content).encode() for option, content in files.items()}


class _Trial:
    """One run with damage, and those after it."""

    def __init__(
        self, variant: Variant, source: Source, baseline: Baseline, chance: random.Random
    ) -> None:
        self._variant = variant
        self._source = source
        self._baseline = baseline
        self._chance = chance
        self._start = self._draw_start()
        self._logs: list[str] = []

    def run(self, seed: int) -> Result:
        """Run the tap with damage and without, and return what is found."""
        files = _build_files(self._source, self._baseline.catalog, self._start.state)
        damages = self._damage_something(files)
        outcome = self._run_and_note(files)
        self._source.sandbox.faults.clear()
        return Result(
            self._variant.tap,
            seed,
            [damage.kind for damage in damages] or ["nothing"],
            f"{'; '.join(map(str, damages)) or 'nothing'} ({self._start.name})",
            outcome.status,
            [*outcome.findings, *self._judge(outcome, damages)],
            self._logs,
        )

    def _judge(self, outcome: Outcome, damages: Sequence[Mutation | DamagedFile]) -> list[Finding]:
        """Compare what is loaded after the damaged run, and after the next ones."""
        if outcome.status is None or any(one.kind == "invalid Singer" for one in outcome.findings):
            return []
        checks = ALL
        for damage in damages:
            checks &= damage.checks
        has_bad_state = any(damage.kind.startswith("state") for damage in damages)
        loaded = self._start.warehouse.load(outcome.output.messages)
        findings = []
        if outcome.status == 0:
            findings += self._compare(loaded, checks, outcome.skipped)
        if Check.NEXT in checks and (outcome.status == 0 or not has_bad_state):
            findings += self._run_on(outcome, loaded, checks)
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

    def _damage_something(self, files: dict[str, bytes]) -> list[Mutation | DamagedFile]:
        """Damage the files or the service."""
        draw = self._chance.random()
        if draw < 0.02:
            return []
        if draw < 0.12 and self._start.state is not None:
            return [
                _replace_file(files, "state", inputs.damage_state(self._start.state, self._chance))
            ]
        if draw < 0.15:
            damaged = inputs.damage_settings(json.loads(files["config"]), self._chance)
            return [_replace_file(files, "config", damaged)]
        if draw < 0.18:
            damaged = inputs.damage_catalog(self._baseline.catalog, self._chance)
            return [_replace_file(files, "catalog", damaged)]
        count = self._chance.choice((1, 1, 1, 2, 3))
        drawn = [
            mutations.draw(self._baseline.exchanges, self._variant, self._chance)
            for _ in range(count)
        ]
        for mutation in drawn:
            mutation.add_to(self._source.sandbox.faults)
        return list(drawn)

    def _run_and_note(self, files: Mapping[str, bytes]) -> Outcome:
        outcome = _run(self._variant.tap, self._source, files)
        self._logs.append(outcome.log)
        return outcome

    def _compare(
        self, loaded: Warehouse, checks: Check, skipped: Mapping[str, int]
    ) -> list[Finding]:
        """Compare what is loaded after a damaged run that ended with 0 with the truth."""
        if self._start.name == "from a state amid a run":
            return []
        missing = loaded.find_missing(self._baseline.truth, skipped) if Check.RUN in checks else ""
        surplus = self._find_surplus(loaded) if Check.VALUES in checks else ""
        found = {"missing with exit 0": missing, "surplus or changed with exit 0": surplus}
        return [Finding(kind, detail) for kind, detail in found.items() if detail]

    def _find_surplus(self, loaded: Warehouse) -> str:
        return loaded.find_differences(self._baseline.truth, self._baseline.volatile)

    def _run_on(self, outcome: Outcome, loaded: Warehouse, checks: Check) -> list[Finding]:
        """Run without damage from the last state, and compare with the truth."""
        state = self._start.state
        missing = surplus = ""
        for _ in range(RUNS_AFTER):
            state = outcome.output.state or state
            files = _build_files(self._source, self._baseline.catalog, state)
            outcome = self._run_and_note(files)
            if outcome.status or outcome.findings:
                found = outcome.findings or outcome.log.strip()[-300:].replace("\n", " | ")
                return [Finding("next run fails", f"exit {outcome.status}: {found}")]
            loaded = loaded.load(outcome.output.messages)
            missing = loaded.find_missing(self._baseline.truth)
            surplus = self._find_surplus(loaded) if Check.VALUES in checks else ""
            if not missing and not surplus:
                return []
        kind = "lost for good" if missing else "surplus or changed with exit 0"
        return [Finding(kind, f"after the next run: {missing or surplus}")]


def _replace_file(files: dict[str, bytes], option: str, damaged: DamagedFile) -> DamagedFile:
    files[option] = damaged.content
    return damaged
