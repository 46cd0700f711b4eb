"""What ``meltano.yml`` says of the taps agrees with what they say of themselves."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

import pytest
from meltano.core.plugin.singer.catalog import (
    MetadataExecutor,
    select_metadata_rules,
    visit,
)

from tests.meltano import REPOSITORY, Project
from tests.processes import build_command, run_program
from tests.publishing.definition import list_extractors, read_sandbox_settings
from tests.sandbox import apparena, goatcounter, gotom, studio_openapi
from tests.sandbox.__main__ import (
    APPARENA_PORT,
    GOATCOUNTER_PORT,
    GOTOM_PORT,
    STUDIO_OPENAPI_PORT,
)
from tests.sandbox.apparena.application import BASE

if TYPE_CHECKING:
    from pathlib import Path

FILE = REPOSITORY / "meltano.yml"

each_tap = pytest.mark.parametrize("tap", list_extractors())


def test_all_taps_are_there() -> None:
    assert set(list_extractors()) == {path.name for path in REPOSITORY.glob("tap-*")}


@each_tap
def test_the_selection_is_the_taps(tap: str, tmp_path: Path) -> None:
    catalog = discover_catalog(tap, tmp_path)
    by_default = {
        stream["tap_stream_id"]: find_root(stream)["selected-by-default"]
        for stream in catalog["streams"]
    }

    visit(catalog, MetadataExecutor(select_metadata_rules(list_extractors()[tap]["select"])))

    assert by_default == {
        stream["tap_stream_id"]: find_root(stream).get("selected", False)
        for stream in catalog["streams"]
    }


def test_meltano_changes_only_what_is_set(tmp_path: Path, plugins: Path) -> None:
    project = Project(tmp_path)
    project.share_plugins(plugins)
    run = project.meltano(
        "--environment=sandbox", "config", "set", "tap-apparena", "page_size", "50"
    )
    assert run.status == 0, run.story

    changed = (tmp_path / FILE.name).read_text(encoding="utf-8").splitlines()
    difference = difflib.ndiff(FILE.read_text(encoding="utf-8").splitlines(), changed)
    assert [line for line in difference if line[0] != " "] == ["+           page_size: 50"]


def test_goatcounter_in_the_sandbox_is_where_it_serves() -> None:
    assert read_sandbox_settings("tap-goatcounter") == {
        "site_url": f"http://127.0.0.1:{GOATCOUNTER_PORT}",
        "token": goatcounter.demonstration.TOKEN,
        "requests_per_second": 1000,
    }


def test_gotom_in_the_sandbox_is_where_it_serves() -> None:
    shown = gotom.demonstration
    config = read_sandbox_settings("tap-gotom")
    reports = config.pop("reports")

    assert config == {
        "base_url": f"http://127.0.0.1:{GOTOM_PORT}",
        "graph_user": shown.GRAPH_USER,
        "graph_secret": shown.GRAPH_SECRET,
        "api_user": shown.API_USER,
        "api_secret": shown.API_SECRET,
        "campaign_external_ids": list(shown.CAMPAIGNS),
    }
    assert {(report.get("kind", "graph"), report["report_id"]) for report in reports} == {
        ("graph", shown.GRAPH_REPORT),
        ("custom", shown.CUSTOM_REPORT),
    }


def test_studio_openapi_in_the_sandbox_is_where_it_serves() -> None:
    shown = studio_openapi.demonstration
    url = f"http://127.0.0.1:{STUDIO_OPENAPI_PORT}"

    assert read_sandbox_settings("tap-studio-openapi") == {
        "connections": [
            {"name": name, "base_url": url, "api_key": key} for name, key in shown.STUDIOS.items()
        ],
        "debt_collection_run_ids": list(shown.DEBT_COLLECTION_RUNS),
    }


def test_apparena_in_the_sandbox_is_where_it_serves() -> None:
    assert read_sandbox_settings("tap-apparena") == {
        "api_url": f"http://127.0.0.1:{APPARENA_PORT}{BASE}",
        "api_key": apparena.demonstration.KEY,
    }


def discover_catalog(tap: str, directory: Path) -> Any:
    """Return the catalog of a tap that is set as for the sandbox, for which no server is asked."""
    command = build_command(tap, read_sandbox_settings(tap), directory)
    return json.loads(run_program([*command, "--discover"]).stdout)


def find_root(stream: dict[str, Any]) -> dict[str, Any]:
    """Return what a catalog says of a stream as a whole."""
    entry = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
    metadata: dict[str, Any] = entry["metadata"]
    return metadata
