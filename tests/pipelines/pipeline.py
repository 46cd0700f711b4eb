"""A pipeline from a tap to a warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.meltano import Project, Run
    from tests.pipelines.warehouses import Warehouse


@dataclass(frozen=True)
class Pipeline:
    """A pipeline with a state of its own.

    Attributes:
        project: Where it is run.
        tap: What it reads with.
        warehouse: What it loads.
        settings: The environment variables of the tap, and where the state is kept.
    """

    project: Project
    tap: str
    warehouse: Warehouse
    settings: Mapping[str, str]

    @property
    def state(self) -> Path:
        """Where Meltano keeps the state: put back an older content, and it is the state again."""
        return Path(self.settings["MELTANO_DATABASE_URI"].removeprefix("sqlite:///"))

    def run(self, *options: str, **settings: str) -> Run:
        """Run it to its successful end.

        Args:
            options: Options of ``meltano run``.
            settings: Further environment variables.
        """
        run = self._run(*options, **settings)
        assert run.status == 0, run.story
        return run

    def fail(self, *options: str, **settings: str) -> Run:
        """Run it, which must end with a failure."""
        run = self._run(*options, **settings)
        assert run.status != 0, run.story
        return run

    def _run(self, *options: str, **settings: str) -> Run:
        return self.project.meltano(
            "run",
            *options,
            self.tap,
            self.warehouse.target,
            settings={**self.settings, **self.warehouse.settings, **settings},
        )
