"""The README's tables say what the tap really has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

README = (Path(__file__).parents[2] / "tap-gotom" / "README.md").read_text(encoding="utf-8")
GENERAL = ("stream_map", "flatten", "batch", "faker_config")


def rows_of_table(heading: str, table: int = 0) -> list[list[str]]:
    """Give the cells of a table below a heading, without its head."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    lines = tables[table].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def settings_of(tap: Tap) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tap.run_with("--about", "--format=json").stdout)["settings"]
    return found["properties"]  # type: ignore[no-any-return]


def test_the_stream_table_has_every_stream_with_its_key_and_selection(
    place: Place, tap: Tap
) -> None:
    documented = {
        name.strip("`"): (re.findall(r"`(\w+)`", key), selected == "yes")
        for name, _, key, selected, _ in rows_of_table("Streams")[1:]
    }
    discovered = {
        stream["tap_stream_id"]: (
            stream["key_properties"],
            stream["metadata"][-1]["metadata"]["selected-by-default"],
        )
        for stream in tap.discover(place.api())["streams"]
    }
    assert documented == discovered


def test_the_settings_table_has_every_setting_with_its_default(tap: Tap) -> None:
    documented = {name.strip("`"): default for name, default, _ in rows_of_table("Settings")}
    settings = settings_of(tap)
    assert list(documented) == [name for name in settings if not name.startswith(GENERAL)]
    for name, default in documented.items():
        if "default" in settings[name]:
            assert default == f"`{json.dumps(settings[name]['default']).strip(chr(34))}`"


def test_the_table_of_reports_has_every_setting_of_one(tap: Tap) -> None:
    documented = [name.strip("`") for name, *_ in rows_of_table("Settings", 1)]
    assert documented == list(settings_of(tap)["reports"]["items"]["properties"])
