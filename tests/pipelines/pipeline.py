"""A pipeline from a tap to a warehouse, and one whose source changes."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.warehouse import count_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tests.meltano import Project, Run
    from tests.pipelines.warehouses import Warehouse
    from tests.services.source import Source, Tables


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


@dataclass(frozen=True)
class SourcePipeline(Pipeline):
    """A pipeline that reads one source.

    Attributes:
        source: The source.
        without: Tables that are not loaded.
        chance: Where the numbers are drawn by which the source changes.
    """

    source: Source = field(repr=False)
    without: Collection[str] = ()
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311

    @classmethod
    def build(
        cls,
        project: Project,
        tap: str,
        source: Source,
        warehouse: Warehouse,
        state: Mapping[str, str],
        *,
        without: Collection[str] = (),
    ) -> SourcePipeline:
        """Set a tap as its source wants it."""
        prefix = tap.replace("-", "_")
        warehouse.schema = prefix
        settings = {
            f"{prefix}_{name}".upper(): value if isinstance(value, str) else json.dumps(value)
            for name, value in source.settings.items()
        }
        selection = [f"{stream}.*" for stream in source.list_rows() if stream not in without]
        settings[f"{prefix}__select".upper()] = json.dumps(selection)
        return cls(project, tap, warehouse, {**state, **settings}, source, without)

    def change(self) -> None:
        """Add and change rows at the source."""
        self.source.change(self.chance)

    def list_tables(self) -> Tables:
        """Return the rows that ought to be loaded now."""
        rows = self.source.list_rows()
        return {table: rows[table] for table in rows if table not in self.without}

    def assert_equal(self) -> None:
        """Assert that each table holds the rows of the source, row by row and type by type.

        Rows that are marked as deleted do not count.
        """
        for table, rows in self.list_tables().items():
            found = [
                {name.lower(): value for name, value in row.items()}
                for row in self.warehouse.read(table)
                if row.get("_sdc_deleted_at") is None
            ]
            wanted = [
                {name.lower(): self.warehouse.convert(value) for name, value in row.items()}
                for row in rows
            ]
            names = sorted(wanted[0])
            have, want = count_rows(found, names), count_rows(wanted, names)
            assert have == want, f"{table}: missing {want - have}, too many {have - want}"
