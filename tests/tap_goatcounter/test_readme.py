"""The README's tables say what the tap really has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.processes import run_program
from tests.singer import program

README = (Path(__file__).parents[2] / "tap-goatcounter" / "README.md").read_text(encoding="utf-8")


def rows_of_table(heading: str) -> list[list[str]]:
    """Give the cells of the first table below a heading, without its head."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def ask_tap(*arguments: str) -> Any:
    finished = run_program([program("tap-goatcounter"), *arguments])
    return json.loads(finished.stdout)


def test_the_stream_table_has_every_stream_with_its_key_and_selection() -> None:
    documented = {
        name.strip("`"): (re.findall(r"`(\w+)`", key), selected == "yes")
        for name, _, key, selected, _ in rows_of_table("Streams")
    }
    discovered = {
        stream["tap_stream_id"]: (
            stream["key_properties"],
            stream["metadata"][-1]["metadata"]["selected-by-default"],
        )
        for stream in ask_tap("--discover")["streams"]
    }
    assert documented == discovered


def test_the_settings_table_has_every_setting_of_the_tap_itself() -> None:
    documented = {name.strip("`"): default for name, default, _ in rows_of_table("Settings")}
    settings = ask_tap("--about", "--format=json")["settings"]["properties"]
    own = [name for name in settings if not name.startswith(("stream_map", "flatten", "batch"))]
    own = [name for name in own if name != "faker_config"]
    assert list(documented) == own
    for name, default in documented.items():
        if "default" in settings[name]:
            assert default == f"`{json.dumps(settings[name]['default']).strip(chr(34))}`"
