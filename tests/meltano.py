"""Run Meltano in projects that are made of the repository's ``meltano.yml``."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.processes import MELTANO, find_program, run_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY = Path(__file__).parents[1]
FOREIGN_SETTINGS = ("MELTANO_", "TAP_", "TARGET_", "COVERAGE_", "PYTHONDONTWRITEBYTECODE")
"""Variables that begin so are kept from Meltano: a test says itself what is set.

The last one would double the seconds that each start takes.
"""

DATABASE = "meltano.db"
"""Meltano's own data, in its folder. The tables of a new one take it seconds to make."""


@dataclass(frozen=True)
class Run:
    """A finished run of Meltano.

    Attributes:
        status: Its exit status.
        output: Its stdout.
        log: Its stderr, a JSON object per line.
    """

    status: int
    output: str
    log: str

    @property
    def story(self) -> str:
        """What Meltano and the plugins have said, without the data about each line."""
        return "\n".join(_format_words(line) for line in self.log.splitlines())

    @cached_property
    def records(self) -> dict[str, int]:
        """How many records the tap has sent, by stream."""
        return dict(self._sum_metric("record_count"))

    @cached_property
    def seconds(self) -> dict[str, float]:
        """How long the tap took, by stream."""
        return dict(self._sum_metric("sync_duration"))

    def _sum_metric(self, metric: str) -> Counter[str]:
        totals: Counter[str] = Counter()
        for measured in self._read_metrics():
            if measured["metric"] == metric:
                totals[measured["tags"]["stream"]] += measured["value"]
        return totals

    def _read_metrics(self) -> Iterator[dict[str, Any]]:
        entries = (_parse_entry(line) for line in self.log.splitlines())
        return (
            entry["metric_info"]
            for entry in entries
            if entry.get("producer") and "metric_info" in entry
        )


class Project:
    """A Meltano project that has the repository's plugins, and nothing else in common with it."""

    def __init__(self, directory: Path) -> None:
        """Make the project.

        Args:
            directory: An empty directory.
        """
        self.directory = directory
        shutil.copy(REPOSITORY / "meltano.yml", directory)
        (directory / "output").mkdir()
        # Which packages are the workspace's own is said in the file at its root.
        packages = ("pyproject.toml", "singer-tapkit", *(p.name for p in REPOSITORY.glob("tap-*")))
        for name in packages:
            (directory / name).symlink_to(REPOSITORY / name)

    def install(self, *plugins: str) -> None:
        """Install plugins.

        Raises:
            RuntimeError: One of them cannot be installed.
        """
        finished = self.meltano("install", *plugins)
        if finished.status:
            raise RuntimeError(finished.story)

    def share_plugins(self, directory: Path) -> None:
        """Use what another project has installed, and a copy of its database.

        Args:
            directory: The other project's.
        """
        own, other = self.directory / ".meltano", directory / ".meltano"
        own.mkdir()
        for kind in ("extractors", "loaders"):
            (own / kind).symlink_to(other / kind)
        shutil.copy(other / DATABASE, own)

    def meltano(self, *arguments: str, settings: Mapping[str, str] | None = None) -> Run:
        """Run Meltano.

        Args:
            arguments: Its arguments.
            settings: Environment variables of Meltano and its plugins.
        """
        finished = run_program(
            [find_program(MELTANO), "--log-format=json", *arguments],
            {**filter_environment(), "NO_COLOR": "1", **(settings or {})},
            self.directory,
        )
        return Run(finished.returncode, finished.stdout, finished.stderr)


def _parse_entry(line: str) -> dict[str, Any]:
    """Read a line of the log; what is not of Meltano's making has only words."""
    try:
        entry: dict[str, Any] = json.loads(line)
    except ValueError:
        return {"event": line}
    return entry


def _format_words(line: str) -> str:
    entry = _parse_entry(line)
    return f"{entry.get('name', '')}: {entry['event']}"


def filter_environment() -> dict[str, str]:
    """Return the variables but for those by which Meltano and plugins would be set or measured."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)
    }
