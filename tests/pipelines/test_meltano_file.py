"""What ``meltano.yml`` says of the taps agrees with what they say of themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from meltano.core.plugin.singer.catalog import (
    MetadataExecutor,
    select_metadata_rules,
    visit,
)

from tests.meltano import REPOSITORY
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

PROJECT = yaml.safe_load((REPOSITORY / "meltano.yml").read_text(encoding="utf-8"))
EXTRACTORS: dict[str, dict[str, Any]] = {
    extractor["name"]: extractor for extractor in PROJECT["plugins"]["extractors"]
}
SANDBOX: dict[str, dict[str, Any]] = {
    extractor["name"]: extractor["config"]
    for environment in PROJECT["environments"]
    if environment["name"] == "sandbox"
    for extractor in environment["config"]["plugins"]["extractors"]
}
OF_THE_SDK = {
    "stream_maps",
    "stream_map_config",
    "faker_config",
    "flattening_enabled",
    "flattening_max_depth",
    "flattening_max_key_length",
    "flattening_separator",
    "batch_config",
}
"""Settings that every tap has, which Meltano takes without knowing them."""

each_tap = pytest.mark.parametrize("tap", EXTRACTORS)


def test_all_taps_are_there() -> None:
    assert set(EXTRACTORS) == {path.name for path in REPOSITORY.glob("tap-*")}


@each_tap
def test_settings_are_the_taps(tap: str) -> None:
    settings = about(tap)["settings"]["properties"]

    assert EXTRACTORS[tap]["settings"] == [
        definition(name, schema) for name, schema in settings.items() if name not in OF_THE_SDK
    ]


@each_tap
def test_capabilities_are_the_taps(tap: str) -> None:
    assert EXTRACTORS[tap]["capabilities"] == about(tap)["capabilities"]


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


def definition(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Give a setting as Meltano defines it."""
    found = {
        "name": name,
        "kind": kind(schema),
        "label": schema["title"],
        "description": schema["description"],
    }
    if "enum" in schema:
        found["options"] = [{"label": value, "value": value} for value in schema["enum"]]
    return {**found, "sensitive": True} if schema.get("secret") else found


def kind(schema: dict[str, Any]) -> str:
    """Give Meltano's word for a setting's type."""
    if schema.get("format") == "date-time":
        return "date_iso8601"
    return "options" if "enum" in schema else str(schema["type"][0])


def discovered(tap: str, directory: Path) -> Any:
    """Give the catalog of a tap that is set as for the sandbox, for which no server is asked."""
    config = directory / "config.json"
    config.write_text(json.dumps(SANDBOX[tap]), encoding="utf-8")
    return said_by(tap, "--discover", f"--config={config}")


def root(stream: dict[str, Any]) -> dict[str, Any]:
    """Give what a catalog says of a stream as a whole."""
    entry = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
    metadata: dict[str, Any] = entry["metadata"]
    return metadata


def about(tap: str) -> Any:
    """Give what a tap says about itself."""
    return said_by(tap, "--about", "--format=json")


def said_by(tap: str, *arguments: str) -> Any:
    """Give the JSON that a tap writes."""
    finished = run_program([find_program(tap), *arguments])
    return json.loads(finished.stdout)
