"""What PostgreSQL holds is the same by files as by records, with the block of the documentation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.meltano import REPOSITORY, Project
from tests.pipelines.pipeline import Pipeline
from tests.pipelines.visits import first_visits, later_visits
from tests.pipelines.warehouses import PostgreSql
from tests.sandbox.gotom import GoTom, Report, demonstration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.pipelines.conftest import Site
    from tests.pipelines.postgresql import Server
    from tests.pipelines.visits import Row

PAGE = REPOSITORY / "docs/into-databases.md"
OF_ONE_LOAD = {"export_id", "_extracted_at"}
"""Columns that differ between any two loads of the same rows."""


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


class Loads:
    """The same source, loaded by records into one database, and by files into another."""

    def __init__(
        self, projects: tuple[Project, Project], server: Server, tap: str, directory: Path
    ) -> None:
        """Prepare the databases."""
        self._pipelines = []
        for number, project in enumerate(projects):
            warehouse = PostgreSql(server.create_database())
            warehouse.schema = tap.replace("-", "_")
            state = {"MELTANO_DATABASE_URI": f"sqlite:///{directory / f'meltano{number}.db'}"}
            self._pipelines.append(Pipeline(project, tap, warehouse, state))

    def run(self, settings: Mapping[str, str]) -> None:
        """Run both pipelines; only one has the loader copy."""
        copied = ["COPY" in pipeline.run(**settings).story for pipeline in self._pipelines]
        assert copied == [False, True]

    def assert_equal(self, table: str, count: int) -> None:
        """Assert that both hold the same rows, type by type."""
        by_records, by_files = (
            sorted(_comparable(row) for row in pipeline.warehouse.read(table))
            for pipeline in self._pipelines
        )
        assert by_files == by_records
        assert len(by_files) == count


def _comparable(row: Row) -> str:
    kept = {
        name: (type(value).__name__, str(value))
        for name, value in row.items()
        if name not in OF_ONE_LOAD and not name.startswith("_sdc_")
    }
    return json.dumps(kept, sort_keys=True)


@pytest.mark.long(seconds=40)
def test_hits_are_the_same(
    project: Project,
    by_files: Project,
    site: Site,
    folder: Path,
    postgresql_server: Server,
    tmp_path: Path,
) -> None:
    hits, new = first_visits(), later_visits()
    loads = Loads((project, by_files), postgresql_server, "tap-goatcounter", tmp_path)
    settings = {**site.settings, "TAP_GOATCOUNTER__SELECT": '["hits.*", "path_daily.*"]'}

    site.add(hits)
    loads.run(settings)
    site.add(new)
    loads.run(settings)

    loads.assert_equal("hits", len(hits) + len(new))
    names = sorted(file.name.split("-", 4)[3] for file in folder.iterdir())
    assert names.count("hits") == 2
    assert all(file.suffix == ".gz" for file in folder.iterdir())


@pytest.fixture
def gotom() -> Iterator[tuple[GoTom, dict[str, str]]]:
    sandbox = GoTom()
    sandbox.add_user("reader", "secret", ["reports"])
    with sandbox.serve() as url:
        yield (
            sandbox,
            {
                "TAP_GOTOM_BASE_URL": url,
                "TAP_GOTOM_GRAPH_USER": "reader",
                "TAP_GOTOM_GRAPH_SECRET": "secret",
            },
        )


@pytest.mark.long(seconds=40)
def test_reports_are_the_same_with_keys_and_without(
    project: Project,
    by_files: Project,
    gotom: tuple[GoTom, dict[str, str]],
    postgresql_server: Server,
    tmp_path: Path,
) -> None:
    sandbox, settings = gotom
    columns = {"Buchung": "integer", "Umsatz": "number", "Tag": "date", "Bezahlt": "boolean"}
    report: dict[str, Any] = {"report_id": demonstration.GRAPH_REPORT, "columns": columns}
    reports = [
        {**report, "name": "keyed", "primary_keys": ["Buchung"]},
        {**report, "name": "unkeyed"},
    ]
    settings = {**settings, "TAP_GOTOM_REPORTS": json.dumps(reports)}
    loads = Loads((project, by_files), postgresql_server, "tap-gotom", tmp_path)
    rows = [
        ("1", "1.5", "2026-03-01", "true"),
        ("2", "-2", "", ""),
        ("3", "", "2026-03-03", "false"),
    ]

    sandbox.add_report(demonstration.GRAPH_REPORT, Report.of_rows(tuple(columns), rows))
    loads.run(settings)
    changed = [*rows[:2], ("4", "0.25", "2026-03-04", "true"), ("5", "7", "2026-03-05", "true")]
    sandbox.add_report(demonstration.GRAPH_REPORT, Report.of_rows(tuple(columns), changed))
    loads.run(settings)

    loads.assert_equal("keyed", 5)
    loads.assert_equal("unkeyed", 4)
