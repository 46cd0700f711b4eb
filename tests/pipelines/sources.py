"""Pipelines that read a source which changes, and whether they load what it has."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.chaos.warehouse import counted
from tests.pipelines.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.chaos.source import Source
    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse


@dataclass(frozen=True)
class SourcePipeline(Pipeline):
    """A pipeline that reads one source."""

    source: Source = field(repr=False)
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311

    @classmethod
    def of(
        cls,
        project: Project,
        tap: str,
        source: Source,
        warehouse: Warehouse,
        state: Mapping[str, str],
    ) -> SourcePipeline:
        """Set a tap as its source wants it."""
        prefix = tap.replace("-", "_")
        warehouse.schema = prefix
        settings = {
            f"{prefix}_{name}".upper(): value if isinstance(value, str) else json.dumps(value)
            for name, value in source.settings.items()
        }
        selection = json.dumps([f"{stream}.*" for stream in source.streams])
        settings[f"{prefix}__select".upper()] = selection
        return cls(project, tap, warehouse, {**state, **settings}, source)

    def change(self) -> None:
        """Add and change rows at the source."""
        self.source.change(self.chance)

    def assert_equal(self) -> None:
        """Assert that each table holds the rows of the source, row by row and type by type."""
        for table, rows in self.source.rows().items():
            found = [
                {name.lower(): value for name, value in row.items()}
                for row in self.warehouse.read(table)
            ]
            wanted = [
                {name.lower(): self.warehouse.kept(value) for name, value in row.items()}
                for row in rows
            ]
            names = sorted(wanted[0])
            have, want = counted(found, names), counted(wanted, names)
            assert have == want, f"{table}: missing {want - have}, too many {have - want}"
