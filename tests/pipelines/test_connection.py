"""What a user meets who tries a connection, or sets no more than must be set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.meltano import REPOSITORY
from tests.sandbox.goatcounter import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.meltano import Project, Run
    from tests.pipelines.conftest import Site

TAP = "tap-goatcounter"
URL = "TAP_GOATCOUNTER_SITE_URL"
TOKEN = "TAP_GOATCOUNTER_TOKEN"  # noqa: S105
WRONG_TOKEN = "no-token-of-this-site"  # noqa: S105
FILE = "meltano.yml"
PLUGINS = {"extractors", "loaders"}


def test_address_and_token_are_all_it_needs(
    project: Project, site: Site, state: dict[str, str]
) -> None:
    hit = Hit("/", created_at=datetime.now(UTC) - timedelta(days=1), session="ada")
    site.server.add_hits(site.id, [hit])
    settings = {name: site.settings[name] for name in (URL, TOKEN)}

    run = project.meltano("run", TAP, "target-duckdb", settings={**settings, **state})

    assert run.status == 0, run.story
    assert run.records["hits"] == 1
    assert (project.directory / "output/warehouse_dev.duckdb").stat().st_size
    assert (project.directory / FILE).read_bytes() == (REPOSITORY / FILE).read_bytes()


def test_the_environment_of_the_sandbox_knows_its_token(project: Project, site: Site) -> None:
    site.server.add_token(text="sandbox")

    run = check_connection(project, {URL: site.settings[URL]}, "--environment=sandbox")

    assert run.status == 0, run.story


def test_a_wrong_token_is_told_by_its_setting_and_shown_nowhere(
    project: Project, site: Site, state: dict[str, str], tmp_path: Path
) -> None:
    settings = {**site.settings, **state, TOKEN: WRONG_TOKEN}

    checked = check_connection(project, settings, "--log-level=debug")
    run = project.meltano("--log-level=debug", "run", TAP, "target-jsonl", settings=settings)

    for failed in (checked, run):
        assert failed.status == 1
        assert "Check the setting 'token'" in failed.story
    for text in (checked.output, checked.log, run.output, run.log):
        assert WRONG_TOKEN not in text
    for path in (*find_files(project), tmp_path / "meltano.db"):
        assert WRONG_TOKEN.encode() not in path.read_bytes(), path


def check_connection(project: Project, settings: Mapping[str, str], *options: str) -> Run:
    """Try the tap's connection."""
    return project.meltano(*options, "config", "test", TAP, settings=settings)


def find_files(project: Project) -> Iterator[Path]:
    """Find the files that Meltano has written, other than installed plugins."""
    for path in (project.directory / ".meltano").iterdir():
        if path.name not in PLUGINS:
            yield from (path for path in [path, *path.rglob("*")] if path.is_file())
