"""What ``meltano.yml`` says of the taps agrees with what they say of themselves."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
import yaml

from tests.meltano import REPOSITORY
from tests.sandbox.__main__ import PORT
from tests.sandbox.goatcounter import demonstration
from tests.singer import program

PROJECT = yaml.safe_load((REPOSITORY / "meltano.yml").read_text(encoding="utf-8"))
EXTRACTORS: dict[str, dict[str, Any]] = {
    extractor["name"]: extractor for extractor in PROJECT["plugins"]["extractors"]
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
def test_the_selection_is_the_taps(tap: str) -> None:
    selected = {
        f"{stream['tap_stream_id']}.*"
        for stream in said_by(tap, "--discover")["streams"]
        for entry in stream["metadata"]
        if not entry["breadcrumb"] and entry["metadata"]["selected-by-default"]
    }

    assert set(EXTRACTORS[tap]["select"]) == selected


def test_the_environment_of_the_sandbox_is_where_it_serves() -> None:
    sandbox = next(each for each in PROJECT["environments"] if each["name"] == "sandbox")

    assert sandbox["config"]["plugins"]["extractors"] == [
        {
            "name": "tap-goatcounter",
            "config": {
                "site_url": f"http://127.0.0.1:{PORT}",
                "token": demonstration.TOKEN,
            },
        },
    ]


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


def about(tap: str) -> Any:
    """Give what a tap says about itself."""
    return said_by(tap, "--about", "--format=json")


def said_by(tap: str, *arguments: str) -> Any:
    """Give the JSON that a tap writes."""
    finished = subprocess.run([program(tap), *arguments], capture_output=True, check=True)
    return json.loads(finished.stdout)
