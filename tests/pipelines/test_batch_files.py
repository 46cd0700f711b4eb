"""Files, with the block of the documentation, bring PostgreSQL what records bring."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.meltano import REPOSITORY, Project
from tests.pipelines import cases
from tests.pipelines.pipeline import SourcePipeline
from tests.pipelines.warehouses import PostgreSql

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.cases import Case
    from tests.pipelines.postgresql import Server
    from tests.services.source import Row

PAGE = REPOSITORY / "docs/into-databases.md"
OF_ONE_LOAD = ("export_id", "_extracted_at")
"""Columns that differ between any two loads of the same rows."""
BULK_TABLES = {"tap-goatcounter": ["hits"], "tap-gotom": ["delivery", "bookings"]}
"""Hits, a report with a key and one without, whose files the fast writer writes."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files go."""
    return tmp_path / "batches"


@pytest.fixture
def by_files(tmp_path: Path, plugins: Path, folder: Path) -> Project:
    """A project whose `meltano.yml` has the block of the documentation, for all taps."""
    directory = tmp_path / "project"
    directory.mkdir()
    project = Project(directory)
    project.share_plugins(plugins)
    block = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    pasted = yaml.safe_load(block.replace("/var/tmp/batches", str(folder)))["plugins"]  # noqa: S108
    file = directory / "meltano.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    (extractor,), (loader,) = pasted["extractors"], pasted["loaders"]
    for plugin in content["plugins"]["extractors"]:
        plugin.setdefault("config", {}).update(extractor["config"])
    for plugin in content["plugins"]["loaders"]:
        if plugin["name"] == loader["name"]:
            plugin.setdefault("config", {}).update(loader["config"])
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return project


@pytest.mark.long(seconds=45)
@pytest.mark.parametrize("case", [cases.GOATCOUNTER, cases.GOTOM], ids=["goatcounter", "gotom"])
def test_files_bring_what_records_bring_and_each_run_what_is_new(
    case: Case,
    project: Project,
    by_files: Project,
    folder: Path,
    postgresql_server: Server,
    state: dict[str, str],
) -> None:
    records, files = (PostgreSql(postgresql_server.create_database()) for _ in range(2))
    with case.serve(random.Random(0)) as source:  # noqa: S311
        others = source.list_rows().keys() - BULK_TABLES[case.tap]
        SourcePipeline.build(project, case.tap, source, records, state, without=others).run(
            "--state-id-suffix=records"
        )
        pipeline = SourcePipeline.build(by_files, case.tap, source, files, state)
        first = pipeline.run()
        pipeline.assert_equal()
        for table in BULK_TABLES[case.tap]:
            loaded = count_typed_rows(files.read(table))
            assert loaded == count_typed_rows(records.read(table))
            assert loaded
        pipeline.change()
        second = pipeline.run()
        pipeline.assert_equal()

    assert "COPY" in first.story
    assert "COPY" in second.story
    assert {file.suffix for file in folder.iterdir()} == {".gz"}


def count_typed_rows(rows: list[Row]) -> Counter[str]:
    """Count rows by the values and types of all columns that two loads should share."""
    return Counter(
        str(
            {
                name: (type(value).__name__, value)
                for name, value in sorted(row.items())
                if name not in OF_ONE_LOAD and not name.startswith("_sdc_")
            }
        )
        for row in rows
    )
