"""The project's ``meltano.yml``, with the taps' settings, in the form that Meltano gives it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from meltano.core import yaml
from meltano.core.project import Project

from tests.meltano import REPOSITORY
from tests.publishing.definition import describe_tap

FILE = REPOSITORY / "meltano.yml"


def write_project() -> str:
    """Return the project's file with the settings and capabilities that the taps have."""
    project = yaml.load(FILE)
    for extractor in project["plugins"]["extractors"]:
        said = describe_tap(extractor["name"])
        extractor["capabilities"] = said["capabilities"]
        extractor["settings"] = [
            _build_setting(name, schema) for name, schema in said["settings"]["properties"].items()
        ]
    return _format_as_meltano(project)


def _format_as_meltano(project: Any) -> str:
    with TemporaryDirectory() as directory:
        file = Path(directory, FILE.name)
        file.write_text(yaml.dump(project) or "", encoding="utf-8")
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
