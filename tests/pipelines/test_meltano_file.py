"""What ``meltano.yml`` says of the taps agrees with what they say of themselves."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from meltano.core.plugin.singer.catalog import (
    MetadataExecutor,
    select_metadata_rules,
    visit,
)

from tests.meltano import REPOSITORY, Project
from tests.processes import find_program, run_program
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
PROJECT = yaml.safe_load(FILE.read_text(encoding="utf-8"))
EXTRACTORS: dict[str, dict[str, Any]] = {
    extractor["name"]: extractor for extractor in PROJECT["plugins"]["extractors"]
}
SANDBOX: dict[str, dict[str, Any]] = {
    extractor["name"]: extractor["config"]
    for environment in PROJECT["environments"]
    if environment["name"] == "sandbox"
    for extractor in environment["config"]["plugins"]["extractors"]
}

each_tap = pytest.mark.parametrize("tap", EXTRACTORS)


def test_all_taps_are_there() -> None:
    assert set(EXTRACTORS) == {path.name for path in REPOSITORY.glob("tap-*")}


@each_tap
def test_the_selection_is_the_taps(tap: str, tmp_path: Path) -> None:
    catalog = discovered(tap, tmp_path)
    by_default = {
        stream["tap_stream_id"]: root(stream)["selected-by-default"]
        for stream in catalog["streams"]
    }

    visit(catalog, MetadataExecutor(select_metadata_rules(EXTRACTORS[tap]["select"])))

    assert by_default == {
        stream["tap_stream_id"]: root(stream).get("selected", False)
        for stream in catalog["streams"]
    }


def test_meltano_changes_only_what_is_set(tmp_path: Path) -> None:
    project = Project(tmp_path)
    for command in (
        ("config", "set", "tap-goatcounter", "window_days", "7"),
        ("--environment=sandbox", "config", "set", "tap-apparena", "page_size", "50"),
        ("select", "tap-studio-openapi", "class_bookings", "*"),
    ):
        run = project.meltano(*command)
        assert run.status == 0, run.story

    changed = (tmp_path / FILE.name).read_text(encoding="utf-8").splitlines()
    difference = difflib.ndiff(FILE.read_text(encoding="utf-8").splitlines(), changed)
    assert [line for line in difference if line[0] != " "] == [
        "+           page_size: 50",
        "+       window_days: 7",
        "+     - class_bookings.*",
    ]


def test_goatcounter_in_the_sandbox_is_where_it_serves() -> None:
    assert SANDBOX["tap-goatcounter"] == {
        "site_url": f"http://127.0.0.1:{GOATCOUNTER_PORT}",
        "token": goatcounter.demonstration.TOKEN,
        "requests_per_second": 1000,
    }


def test_gotom_in_the_sandbox_is_where_it_serves() -> None:
    shown = gotom.demonstration
    config = dict(SANDBOX["tap-gotom"])
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

    assert SANDBOX["tap-studio-openapi"] == {
        "connections": [
            {"name": name, "base_url": url, "api_key": key} for name, key in shown.STUDIOS.items()
        ],
        "debt_collection_run_ids": list(shown.DEBT_COLLECTION_RUNS),
    }


def test_apparena_in_the_sandbox_is_where_it_serves() -> None:
    assert SANDBOX["tap-apparena"] == {
        "api_url": f"http://127.0.0.1:{APPARENA_PORT}{BASE}",
        "api_key": apparena.demonstration.KEY,
    }


def discovered(tap: str, directory: Path) -> Any:
    """Return the catalog of a tap that is set as for the sandbox, for which no server is asked."""
    config = directory / "config.json"
    config.write_text(json.dumps(SANDBOX[tap]), encoding="utf-8")
    return said_by(tap, "--discover", f"--config={config}")


def root(stream: dict[str, Any]) -> dict[str, Any]:
    """Return what a catalog says of a stream as a whole."""
    entry = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
    metadata: dict[str, Any] = entry["metadata"]
    return metadata


def said_by(tap: str, *arguments: str) -> Any:
    """Return the JSON that a tap writes."""
    finished = run_program([find_program(tap), *arguments])
    return json.loads(finished.stdout)
