"""What a user meets who tries a connection, or sets no more than must be set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.meltano import REPOSITORY
from tests.pipelines.conftest import TAP
from tests.pipelines.visits import days_ago, view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.meltano import Project, Run
    from tests.pipelines.conftest import Site

URL = "TAP_GOATCOUNTER_SITE_URL"
TOKEN = "TAP_GOATCOUNTER_TOKEN"  # noqa: S105
WRONG_TOKEN = "no-token-of-this-site"  # noqa: S105
FILE = "meltano.yml"
PLUGINS = {"extractors", "loaders"}


@pytest.mark.parametrize(
    ("target", "result"),
    [
        ("target-duckdb", "output/warehouse_dev.duckdb"),
        ("target-jsonl", "output/dev/tap_goatcounter/hits.jsonl"),
    ],
)
def test_address_and_token_are_all_it_needs(
    project: Project, site: Site, tmp_path: Path, target: str, result: str
) -> None:
    site.add([view("/", days_ago(1), "12:00:00", "ada")])
    settings = {name: site.settings[name] for name in (URL, TOKEN)}

    run = project.meltano("run", TAP, target, settings={**settings, **own_state(tmp_path)})

    assert run.status == 0, run.story
    assert run.records["hits"] == 1
    assert (project.directory / result).stat().st_size
    assert (project.directory / FILE).read_bytes() == (REPOSITORY / FILE).read_bytes()


def test_the_environment_of_the_sandbox_knows_its_token(project: Project, site: Site) -> None:
    site.server.add_token(text="sandbox")

    run = check(project, {URL: site.settings[URL]}, "--environment=sandbox")

    assert run.status == 0, run.story


def test_a_wrong_token_is_told_by_its_setting_and_shown_nowhere(
    project: Project, site: Site, tmp_path: Path
) -> None:
    settings = {**site.settings, **own_state(tmp_path), TOKEN: WRONG_TOKEN}

    checked = check(project, settings, "--log-level=debug")
    run = project.meltano("--log-level=debug", "run", TAP, "target-jsonl", settings=settings)

    for failed in (checked, run):
        assert failed.status == 1
        assert "Check the setting 'token'" in failed.story
    for text in (checked.output, checked.log, run.output, run.log):
        assert WRONG_TOKEN not in text
    for path in (*files_of(project), tmp_path / "meltano.db"):
        assert WRONG_TOKEN.encode() not in path.read_bytes(), path


def check(project: Project, settings: Mapping[str, str], *options: str) -> Run:
    """Try the tap's connection."""
    return project.meltano(*options, "config", "test", TAP, settings=settings)


def own_state(directory: Path) -> dict[str, str]:
    """Keep Meltano's own data in a directory."""
    return {"MELTANO_DATABASE_URI": f"sqlite:///{directory / 'meltano.db'}"}


def files_of(project: Project) -> Iterator[Path]:
    """Find the files that Meltano has written, other than installed plugins."""
    for path in (project.directory / ".meltano").iterdir():
        if path.name not in PLUGINS:
            yield from (path for path in [path, *path.rglob("*")] if path.is_file())
