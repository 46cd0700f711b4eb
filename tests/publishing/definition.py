"""What Meltano knows of the taps: the project's file, and of that the definitions for the Hub."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml
from meltano.core import yaml as meltano_yaml
from meltano.core.project import Project

from tests.meltano import REPOSITORY
from tests.processes import discover_catalog, find_program, run_program

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = REPOSITORY / "meltano.yml"
VARIANT = "singer-taps"
ADDRESS = "https://git.example.com/singer-taps.git"
"""Where the repository is to be had; to be replaced once that is public, here and in READMEs."""
QUALITY = "silver"
"""What the Hub grants to a new tap that is built with the SDK."""
TAKEN_OVER = (
    "name",
    "namespace",
    "label",
    "description",
    "docs",
    "executable",
    "capabilities",
    "settings_group_validation",
    "settings",
    "select",
)


def write_project() -> str:
    """Return the project's file with the settings and capabilities that the taps have."""
    project = meltano_yaml.load(FILE)
    for extractor in project["plugins"]["extractors"]:
        said = describe_tap(extractor["name"])
        extractor["capabilities"] = said["capabilities"]
        extractor["settings"] = [
            _build_setting(name, schema) for name, schema in said["settings"]["properties"].items()
        ]
    return _format_as_meltano(project)


def build_definition(tap: str) -> dict[str, Any]:
    """Make the definition of a tap.

    Args:
        tap: Its name.

    Returns:
        What ``meltano.yml`` says of it, and how it is installed: from git, as on the package index
        anybody could take its name.
    """
    extractor = list_extractors()[tap]
    return {
        **{name: extractor[name] for name in TAKEN_OVER},
        "variant": VARIANT,
        "pip_url": f"git+{ADDRESS}#subdirectory={tap}",
        "supported_python_versions": describe_tap(tap)["supported_python_versions"],
        "log_parser": "singer-sdk",
        "keywords": ["meltano_sdk"],
        "maintenance_status": "beta",
        "quality": QUALITY,
    }


def list_extractors() -> dict[str, dict[str, Any]]:
    """Return the extractors of ``meltano.yml`` by their names."""
    return {extractor["name"]: extractor for extractor in _read_project()["plugins"]["extractors"]}


def read_sandbox_settings(tap: str) -> dict[str, Any]:
    """Return the settings of a tap for what ``make sandbox`` serves."""
    (sandbox,) = (
        environment
        for environment in _read_project()["environments"]
        if environment["name"] == "sandbox"
    )
    settings: dict[str, Any] = next(
        extractor["config"]
        for extractor in sandbox["config"]["plugins"]["extractors"]
        if extractor["name"] == tap
    )
    return settings


def describe_tap(tap: str) -> dict[str, Any]:
    """Return what a tap says about itself."""
    description: dict[str, Any] = json.loads(_run_about(tap))
    return description


def discover_streams(tap: str, settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the entries of a tap's catalog by their names, for which no server is asked."""
    streams = discover_catalog(tap, settings)["streams"]
    return {stream["tap_stream_id"]: stream for stream in streams}


def find_root(stream: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a catalog says of a stream as a whole."""
    entry = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
    metadata: dict[str, Any] = entry["metadata"]
    return metadata


def format_definition(tap: str) -> str:
    """Return the content of the file that holds the definition of a tap."""
    return yaml.safe_dump(build_definition(tap), sort_keys=False, allow_unicode=True, width=100)


@cache
def _run_about(tap: str) -> str:
    return run_program([find_program(tap), "--about", "--format=json"]).stdout


def _read_project() -> dict[str, Any]:
    project: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return project


def _format_as_meltano(project: Any) -> str:
    with TemporaryDirectory() as directory:
        file = Path(directory, FILE.name)
        file.write_text(meltano_yaml.dump(project) or "", encoding="utf-8")
        with Project(directory).meltano_update():
            pass
        return file.read_text(encoding="utf-8")


def _build_setting(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a setting as Meltano defines it."""
    found = {
        "name": name,
        "kind": _find_kind(schema),
        "label": schema["title"],
        "description": schema["description"],
    }
    if "enum" in schema:
        found["options"] = [{"label": value, "value": value} for value in schema["enum"]]
    return {**found, "sensitive": True} if schema.get("secret") else found


def _find_kind(schema: dict[str, Any]) -> str:
    """Return Meltano's word for a setting's type."""
    if schema.get("format") == "date-time":
        return "date_iso8601"
    return "options" if "enum" in schema else str(schema["type"][0])
