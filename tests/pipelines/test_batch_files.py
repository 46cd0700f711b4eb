"""Files, with the block of the documentation, bring PostgreSQL what the source has."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.meltano import REPOSITORY, Project
from tests.pipelines import cases
from tests.pipelines.conftest import into_postgres
from tests.pipelines.sources import SourcePipeline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.cases import Case
    from tests.pipelines.warehouses import Warehouse

PAGE = REPOSITORY / "docs/into-databases.md"


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


@pytest.mark.long(seconds=30)
@into_postgres
@pytest.mark.parametrize("case", [cases.GOATCOUNTER, cases.GOTOM], ids=["goatcounter", "gotom"])
def test_each_run_leaves_what_there_is(
    case: Case, by_files: Project, folder: Path, warehouse: Warehouse, state: dict[str, str]
) -> None:
    with case.serve(random.Random(0)) as source:  # noqa: S311
        pipeline = SourcePipeline.build(by_files, case.tap, source, warehouse, state)
        first = pipeline.run()
        pipeline.assert_equal()
        pipeline.change()
        second = pipeline.run()
        pipeline.assert_equal()

    assert "COPY" in first.story
    assert "COPY" in second.story
    assert {file.suffix for file in folder.iterdir()} == {".gz"}
