"""The catalog, compared with one file per stream.

A change of the catalog can break the tables that users have loaded, so it must be meant. Write the
files anew, after looking at the difference, with::

    python -m tests.tap_goatcounter.test_catalog
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.processes import run_program
from tests.singer import program

SNAPSHOTS = Path(__file__).parent / "snapshots"
NAMES = sorted(file.stem for file in SNAPSHOTS.glob("*.json"))


@cache
def catalog() -> dict[str, dict[str, Any]]:
    """Give the catalog's entries by stream, the metadata of fields sorted."""
    discovered = run_program([program("tap-goatcounter"), "--discover"]).stdout
    entries = json.loads(discovered)["streams"]
    for entry in entries:
        entry["metadata"].sort(key=lambda item: item["breadcrumb"])
    return {entry["tap_stream_id"]: entry for entry in entries}


def test_each_stream_has_its_file() -> None:
    assert sorted(catalog()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_is_as_its_file_says(name: str) -> None:
    expected = json.loads((SNAPSHOTS / f"{name}.json").read_text(encoding="utf-8"))
    assert catalog()[name] == expected


def test_every_stream_has_a_key_whose_fields_are_never_null() -> None:
    for name, entry in catalog().items():
        assert entry["key_properties"], name
        for key in entry["key_properties"]:
            assert "null" not in entry["schema"]["properties"][key]["type"], f"{name}.{key}"


def test_every_stream_has_the_id_of_the_site() -> None:
    assert all("site_id" in entry["schema"]["properties"] for entry in catalog().values())


def write_snapshots() -> None:
    """Write the files anew."""
    SNAPSHOTS.mkdir(exist_ok=True)
    for file in SNAPSHOTS.glob("*.json"):
        file.unlink()
    for name, entry in catalog().items():
        text = json.dumps(entry, indent=2, ensure_ascii=False, sort_keys=True)
        (SNAPSHOTS / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write_snapshots()
