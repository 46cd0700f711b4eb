"""What ``meltano.yml`` says of the taps agrees with what they say of themselves."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

import pytest
from meltano.core.plugin.singer.catalog import (
    MetadataExecutor,
    select_metadata_rules,
    visit,
)

from tests.meltano import REPOSITORY, Project
from tests.publishing.definition import (
    discover_streams,
    find_root,
    list_extractors,
    read_sandbox_settings,
)
from tests.publishing.served import HOST
from tests.sandbox.__main__ import (
    APPARENA_PORT,
    GOATCOUNTER_PORT,
    GOTOM_PORT,
    STUDIO_OPENAPI_PORT,
)

if TYPE_CHECKING:
    from pathlib import Path

FILE = REPOSITORY / "meltano.yml"
PORTS = {
    "tap-goatcounter": GOATCOUNTER_PORT,
    "tap-gotom": GOTOM_PORT,
    "tap-studio-openapi": STUDIO_OPENAPI_PORT,
    "tap-apparena": APPARENA_PORT,
}

each_tap = pytest.mark.parametrize("tap", list_extractors())


def test_all_taps_are_there() -> None:
    assert set(list_extractors()) == {path.name for path in REPOSITORY.glob("tap-*")}


@each_tap
def test_the_selection_is_the_taps(tap: str, tmp_path: Path) -> None:
    streams = discover_streams(tap, read_sandbox_settings(tap), tmp_path)
    by_default = {
        name: find_root(stream)["selected-by-default"] for name, stream in streams.items()
    }
    rules = select_metadata_rules(list_extractors()[tap]["select"])

    visit({"streams": [*streams.values()]}, MetadataExecutor(rules))

    assert by_default == {
        name: find_root(stream).get("selected", False) for name, stream in streams.items()
    }


def test_meltano_changes_only_what_is_set(tmp_path: Path, plugins: Path) -> None:
    project = Project(tmp_path)
    project.share_plugins(plugins)
    run = project.meltano(
        "--environment=sandbox", "config", "set", "tap-apparena", "page_size", "50"
    )
    assert run.status == 0, run.story

    changed = (tmp_path / FILE.name).read_text(encoding="utf-8").splitlines()
    difference = difflib.ndiff(FILE.read_text(encoding="utf-8").splitlines(), changed)
    assert [line for line in difference if line[0] != " "] == ["+           page_size: 50"]


@each_tap
def test_the_environment_sandbox_reads_where_the_sandbox_serves(tap: str) -> None:
    """Its keys and ids are those that tests/publishing reads the data dictionary's tables with."""
    addresses = HOST.findall(json.dumps(read_sandbox_settings(tap)))

    assert set(addresses) == {f"http://127.0.0.1:{PORTS[tap]}"}
