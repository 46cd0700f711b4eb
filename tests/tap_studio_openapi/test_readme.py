"""The README's tables say what the tap really has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tap_studio_openapi.schemas import like
from tap_studio_openapi.streams import STREAMS

if TYPE_CHECKING:
    from tap_studio_openapi.streams.base import StudioStream
    from tests.tap_studio_openapi.command_line import Tap

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "tap-studio-openapi" / "README.md").read_text(encoding="utf-8")
ENDPOINTS = REPOSITORY / "tests" / "sandbox" / "studio_openapi" / "endpoints.json"
GENERAL = ("stream_map", "flattening_", "batch_", "faker_")


def rows_of_table(heading: str, table: int = 0) -> list[list[str]]:
    """The rows of a table below a heading, without its head."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    lines = tables[table].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_stream_table_has_every_stream_with_its_key_selection_and_scopes(tap: Tap) -> None:
    documented = {
        name.strip("`"): (
            ["studio_id", *re.findall(r"`(\w+)`", key)],
            selected == "yes",
            re.findall(r"`(\w+)`", scopes),
        )
        for name, _, key, selected, _, scopes in rows_of_table("Streams")
    }
    scopes = {vars(stream)["name"]: list(stream.scopes) for stream in STREAMS}
    settings = {"base_url": "https://example.com", "api_key": "key"}
    discovered = {
        name: (
            stream["key_properties"],
            stream["metadata"][-1]["metadata"]["selected-by-default"],
            scopes[name],
        )
        for name, stream in tap.entries(settings).items()
    }
    assert documented == discovered
    assert list(documented) == list(scopes)


def test_scopes_are_those_of_the_endpoints() -> None:
    endpoints = {
        like(entry["path"]): entry["scopes"]
        for entry in json.loads(ENDPOINTS.read_text(encoding="utf-8"))
        if entry["method"] == "GET"
    }
    assert {path_of(stream): list(stream.scopes) for stream in STREAMS} == {
        path_of(stream): endpoints[like(path_of(stream))] for stream in STREAMS
    }


def test_every_endpoint_is_a_stream_or_left_out_for_a_reason() -> None:
    endpoints = {
        f"{entry['method']} {like(entry['path'])}"
        for entry in json.loads(ENDPOINTS.read_text(encoding="utf-8"))
    }
    streams = {f"GET {like(path_of(stream))}" for stream in STREAMS}
    left_out = {like(name.strip("`")): why for name, why in rows_of_table("Left out")}

    assert endpoints <= streams | left_out.keys()
    assert not streams & left_out.keys()
    assert all(left_out.values())


def path_of(stream: type[StudioStream]) -> str:
    path: str = vars(stream)["path"]
    return path


def settings_of(tap: Tap) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tap.run_with("--about", "--format=json").stdout)["settings"]
    return found["properties"]  # type: ignore[no-any-return]


def test_the_settings_table_has_every_setting_with_its_default(tap: Tap) -> None:
    documented = {name.strip("`"): default for name, default, _ in rows_of_table("Settings")}
    settings = settings_of(tap)

    assert list(documented) == [name for name in settings if not name.startswith(GENERAL)]
    for name, default in documented.items():
        expected = settings[name].get("default")
        assert default == (
            f"`{json.dumps(expected).strip(chr(34))}`" if expected is not None else ""
        )


def test_the_messages_in_the_table_are_those_of_the_tap() -> None:
    package = REPOSITORY / "tap-studio-openapi" / "tap_studio_openapi"
    code = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    said = re.sub(r'"\s*f?"', "", code)
    parts = {
        part
        for message, _ in rows_of_table("When something goes wrong")
        for part in re.sub(r" [0-9]{3}$", " ", message.strip("`")).split("…")
    }
    assert {part for part in parts if part.strip() not in said} == set()
