"""What ``meltano.yml`` says of the taps agrees with what they say of themselves."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import pytest
from meltano.core.plugin.singer.catalog import (
    MetadataExecutor,
    select_metadata_rules,
    visit,
)

from tests.meltano import REPOSITORY, Project
from tests.publishing.definition import (
    discover_streams,
    find_root,
    list_extractors,
    read_sandbox_settings,
)
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
URL = "http://127.0.0.1"
SERVED: dict[str, dict[str, Any]] = {
    "tap-goatcounter": {
        "site_url": f"{URL}:{GOATCOUNTER_PORT}",
        "token": goatcounter.demonstration.TOKEN,
        "requests_per_second": 1000,
    },
    "tap-gotom": {
        "base_url": f"{URL}:{GOTOM_PORT}",
        "graph_user": gotom.demonstration.GRAPH_USER,
        "graph_secret": gotom.demonstration.GRAPH_SECRET,
        "api_user": gotom.demonstration.API_USER,
        "api_secret": gotom.demonstration.API_SECRET,
        "campaign_external_ids": list(gotom.demonstration.CAMPAIGNS),
        "reports": {
            gotom.demonstration.GRAPH_REPORT: "graph",
            gotom.demonstration.CUSTOM_REPORT: "custom",
        },
    },
    "tap-studio-openapi": {
        "connections": [
            {"name": name, "base_url": f"{URL}:{STUDIO_OPENAPI_PORT}", "api_key": key}
            for name, key in studio_openapi.demonstration.STUDIOS.items()
        ],
        "debt_collection_run_ids": list(studio_openapi.demonstration.DEBT_COLLECTION_RUNS),
    },
    "tap-apparena": {
        "api_url": f"{URL}:{APPARENA_PORT}{BASE}",
        "api_key": apparena.demonstration.KEY,
    },
}
"""The settings for what the sandbox serves; of each report its kind by its number."""

each_tap = pytest.mark.parametrize("tap", list_extractors())


def test_all_taps_are_there() -> None:
    assert set(list_extractors()) == {path.name for path in REPOSITORY.glob("tap-*")}


@each_tap
def test_the_selection_is_the_taps(tap: str) -> None:
    streams = discover_streams(tap, read_sandbox_settings(tap))
    by_default = {
        name: find_root(stream)["selected-by-default"] for name, stream in streams.items()
    }
    rules = select_metadata_rules(list_extractors()[tap]["select"])

    visit({"streams": [*streams.values()]}, MetadataExecutor(rules))

    assert by_default == {
        name: find_root(stream).get("selected", False) for name, stream in streams.items()
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


@each_tap
def test_the_environment_sandbox_reads_what_the_sandbox_serves(tap: str) -> None:
    settings = read_sandbox_settings(tap)
    if reports := settings.get("reports"):
        settings["reports"] = {one["report_id"]: one.get("kind", "graph") for one in reports}

    assert settings == SERVED[tap]
