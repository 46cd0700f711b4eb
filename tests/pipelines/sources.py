"""Pipelines that read a source which changes, and whether they load what it has."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.chaos.warehouse import count_rows
from tests.pipelines.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse
    from tests.services.source import Source, Tables


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
