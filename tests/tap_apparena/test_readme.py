"""The README's tables say what the tap really has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tap_apparena.personal_data import PERSONAL
from tap_apparena.streams import STREAMS

if TYPE_CHECKING:
    from tests.tap_apparena.command_line import Tap

README = (Path(__file__).parents[2] / "tap-apparena" / "README.md").read_text(encoding="utf-8")
GENERAL = ("stream_map", "flatten", "batch", "faker_config")


def rows_of_table(heading: str, table: int = 0) -> list[list[str]]:
    """Give the cells of a table below a heading, without its head."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    lines = tables[table].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_stream_table_has_every_stream_with_its_key_and_selection(tap: Tap) -> None:
    documented = {
        name.strip("`"): (re.findall(r"`(\w+)`", key), selected == "yes")
        for name, _, key, selected, _ in rows_of_table("Streams")
    }
    discovered = {
        stream["tap_stream_id"]: (
            stream["key_properties"],
            stream["metadata"][-1]["metadata"]["selected-by-default"],
        )
        for stream in tap.discover({})["streams"]
    }
    assert documented == discovered


def test_the_settings_table_has_every_setting_with_its_default(tap: Tap) -> None:
    documented = {name.strip("`"): default for name, default, _ in rows_of_table("Settings")}
    about = json.loads(tap.run_with("--about", "--format=json").stdout)
    settings = about["settings"]["properties"]
    assert list(documented) == [name for name in settings if not name.startswith(GENERAL)]
    for name, default in documented.items():
        if "default" in settings[name]:
            assert default == f"`{json.dumps(settings[name]['default']).strip(chr(34))}`"


def test_the_table_of_relations_has_all_that_are_allowed() -> None:
    documented = {
        stream: tuple(re.findall(r"`(\w+)`", relations))
        for streams, relations in rows_of_table("Filters and relations", 1)
        for stream in re.findall(r"`(\w+)`", streams)
    }
    assert documented == {
        vars(stream)["name"]: stream.relations for stream in STREAMS if stream.relations
    }


def test_the_personal_fields_are_named() -> None:
    named = set(re.findall(r"`(\w+)`", README.split("## Personal data\n")[1].split("\n## ")[0]))
    declared = {name for stream in STREAMS for name in stream.fields}
    assert PERSONAL & declared <= named
