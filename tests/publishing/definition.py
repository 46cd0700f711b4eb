"""The definition by which the Meltano Hub lists a tap, made of what the project says of it."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from tests.meltano import REPOSITORY
from tests.processes import build_command, find_program, run_program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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


def discover_streams(
    tap: str, settings: Mapping[str, Any], directory: Path
) -> dict[str, dict[str, Any]]:
    """Return the entries of a tap's catalog by their names.

    Args:
        tap: Its name.
        settings: Its settings, for which no server needs to be asked.
        directory: Where they may be written.
    """
    command = build_command(tap, settings, directory)
    catalog = json.loads(run_program([*command, "--discover"]).stdout)
    return {stream["tap_stream_id"]: stream for stream in catalog["streams"]}


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
    text = (REPOSITORY / "meltano.yml").read_text(encoding="utf-8")
    project: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return project
