"""A stand-in for Meltano, which logs what Meltano logs and does nothing."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator import meltano_run
from orchestrator.meltano_file import read_meltano_file
from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.meltano_file import MeltanoFile

PROGRAM = """#!{python}
import json, os, sys
from pathlib import Path

here = Path(__file__).parent
answers = json.loads((here / "answers.json").read_text())
variables = {{name: value for name, value in os.environ.items() if name.startswith("TAP_")}}
with (here / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps([sys.argv[1:], variables]) + "\\n")
answer = answers.pop(0) if len(answers) > 1 else answers[0]
(here / "answers.json").write_text(json.dumps(answers) if answers else "[]")
(run_id,) = (word[9:] for word in sys.argv if word.startswith("--run-id="))
Path(".meltano/run/elt/state", run_id).mkdir(parents=True)
print(*answer["log"], sep="\\n", file=sys.stderr)
sys.exit(answer["status"])
"""


@dataclass(frozen=True)
class StandIn:
    """What stands in for Meltano."""

    directory: Path

    def set_results(self, *answers: Mapping[str, Any]) -> None:
        """Set how runs end; the last one holds for all that follow."""
        (self.directory / "answers.json").write_text(json.dumps(answers), encoding="utf-8")

    @property
    def calls(self) -> list[tuple[list[str], dict[str, str]]]:
        """The arguments of each run, and the variables of the tap."""
        lines = (self.directory / "calls.jsonl").read_text(encoding="utf-8").splitlines()
        return [(call[0], call[1]) for call in map(json.loads, lines)]


@pytest.fixture
def meltano(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    program = tmp_path / "meltano"
    program.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(meltano_run, "find_meltano", lambda: str(program))
    stand_in = StandIn(tmp_path)
    stand_in.set_results(succeed(customers=(57, 1.5), studio=(1, 0.25)))
    return stand_in


@pytest.fixture(scope="session")
def sandbox_file() -> MeltanoFile:
    """The repository's file as the environment `sandbox` has it."""
    return read_meltano_file(REPOSITORY, "sandbox")


def succeed(**streams: tuple[int, float]) -> dict[str, Any]:
    """Return how a run ends well, by rows and seconds of each stream."""
    return {
        "status": 0,
        "log": [line for name in streams for line in _build_metrics(name, streams[name])],
    }


def fail(code: int, *sentences: str, **streams: tuple[int, float]) -> dict[str, Any]:
    """Return how a run ends of which the tap has failed."""
    said = [
        {"event": sentence, "level": "error", "name": "tap-x", "cmd_type": "extractor"}
        for sentence in sentences
    ]
    ends = [
        {"event": "Extraction failed", "level": "error", "name": "meltano", "code": code},
        {"event": "ELT could not be completed: Extractor failed.", "level": "error"},
    ]
    return {
        "status": 1,
        "log": [*succeed(**streams)["log"], *(json.dumps(line) for line in said + ends)],
    }


def _build_metrics(stream: str, measured: tuple[int, float]) -> list[str]:
    names = ("record_count", "sync_duration")
    return [
        json.dumps(
            {
                "metric_info": {"metric": name, "value": value, "tags": {"stream": stream}},
                "name": "tap-x",
                "cmd_type": "extractor",
                "event": "METRIC",
                "level": "info",
            }
        )
        for name, value in zip(names, measured, strict=True)
    ]
