"""What the READMEs of the taps give to paste does what they say of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.demo.__main__ import DEMOS
from tests.demo.questions import list_questions
from tests.meltano import REPOSITORY
from tests.once import make_once
from tests.pipelines.warehouses import DuckDb
from tests.publishing.conftest import run
from tests.publishing.definition import ADDRESS, list_extractors
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAMS = Path(sys.executable).parent
WITH_PROGRAMS = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
STATE = '{"bookmarks": {}}'

each_tap = pytest.mark.parametrize("tap", list_extractors())


@pytest.fixture
def own(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A copy of what `meltano init` makes, which it does once for all workers."""

    def make(directory: Path) -> None:
        run(PROGRAMS / "meltano", "init", "own", "--no-usage-stats", directory=directory)

    fresh = make_once("fresh", make, tmp_path_factory, worker_id)
    return shutil.copytree(fresh / "own", tmp_path / "own", symlinks=True)


@pytest.mark.long(seconds=30)
@each_tap
def test_a_tap_loads_in_a_project_of_ones_own(tap: str, own: Path, git_repository: str) -> None:
    block = find_block(tap, "meltano add").replace(ADDRESS, git_repository.removeprefix("git+"))

    with DEMOS[tap]() as source:
        paste(block, own, source.settings)
        answers = source.answer_questions()

    warehouse = DuckDb(own / "output/warehouse_dev.duckdb")
    warehouse.schema = tap.replace("-", "_")
    tables = warehouse.list_tables()
    selected = {rule.split(".")[0] for rule in list_extractors()[tap]["select"]}
    assert {stream for stream in selected if stream.isidentifier()} <= tables
    assert not {stream[1:] for stream in selected if stream[0] == "!"} & tables
    assert {one.name: warehouse.ask(one.sql).rows for one in list_questions(tap)} == answers


def test_the_first_readme_adds_a_tap_to_a_project_of_ones_own(
    own: Path, git_repository: str
) -> None:
    address = git_repository.removeprefix("git+")
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^```sh\n(tap=.*? _select .*?)\n", text, re.MULTILINE | re.DOTALL)
    assert block

    paste(block[1].replace(ADDRESS, address).replace("add ", "add --no-install "), own)

    project = yaml.safe_load((own / "meltano.yml").read_text(encoding="utf-8"))
    (added,) = project["plugins"]["extractors"]
    assert added["pip_url"] == f"git+{address}#subdirectory=tap-goatcounter"
    assert added["select"] == list_extractors()["tap-goatcounter"]["select"]


@each_tap
def test_recipes_differ_in_the_name_of_the_tap_alone(tap: str) -> None:
    assert find_recipe(tap).replace(tap, "tap-goatcounter") == find_recipe("tap-goatcounter")


def test_a_recipe_fails_with_its_tap_and_leaves_the_state(plugins: Path, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(STATE, encoding="utf-8")

    finished = follow_recipe("tap-goatcounter", plugins, tmp_path)

    assert finished.returncode == 1, finished.stderr
    assert (tmp_path / "state.json").read_text(encoding="utf-8") == STATE


def test_a_recipe_replaces_the_state(plugins: Path, tmp_path: Path) -> None:
    tap = "tap-goatcounter"
    (tmp_path / "state.json").write_text(STATE, encoding="utf-8")

    with DEMOS[tap]() as source:
        finished = follow_recipe(tap, plugins, tmp_path, source.settings)

    assert finished.returncode == 0, finished.stderr
    state = json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))
    assert "hits" in state["bookmarks"]
    assert not (tmp_path / "next.json").exists()


def test_the_stream_map_hashes_names_and_copes_with_nulls(tmp_path: Path) -> None:
    tap = "tap-studio-openapi"
    tenant = StudioOpenApi()
    studio = tenant.add_studio(key="key", customers=3, statuses=("MEMBER",))
    names: list[dict[str, Any]] = [
        {"firstName": "Ada", "lastName": "Lovelace", "email": None},
        {"firstName": None},
    ]
    for number, fields in enumerate(names):
        studio.customers[studio.id_of(number)].update(fields)
    with tenant.serve() as url:
        settings = {"TAP_STUDIO_OPENAPI_BASE_URL": url, "TAP_STUDIO_OPENAPI_API_KEY": "key"}
        block = find_block(tap, "STREAM_MAPS")
        output = paste(f"{block}\n{tap} --config=ENV", tmp_path, settings)

    records = [json.loads(line) for line in output.splitlines() if '"RECORD"' in line]
    found = [message["record"] for message in records if message["stream"] == "customers"]
    salted = hashlib.sha256(b"a long random text that you keepAda").hexdigest()
    assert [row["firstName"] for row in found][:2] == [salted, None]
    assert "Lovelace" not in output


def paste(block: str, directory: Path, settings: Mapping[str, str] | None = None) -> str:
    """Run the lines of a block, of which none may fail, and return what they write."""
    command = ("bash", "-euo", "pipefail", "-c", block)
    return run(*command, directory=directory, settings={"PATH": WITH_PROGRAMS, **(settings or {})})


def find_block(tap: str, command: str) -> str:
    """Return the block of a README that has a command."""
    text = (REPOSITORY / tap / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    (block,) = (block for block in blocks if command in block)
    return str(block)


def find_recipe(tap: str) -> str:
    """Return the lines by which a README reads what is new."""
    return find_block(tap, "--state=state.json")


def follow_recipe(
    tap: str, plugins: Path, directory: Path, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run those lines as they are typed in a terminal, where a failure ends nothing."""
    target = plugins / ".meltano/loaders/target-jsonl/venv/bin"
    return subprocess.run(
        ["bash", "-c", find_recipe(tap)],
        cwd=directory,
        env={**(settings or {}), "PATH": f"{WITH_PROGRAMS}{os.pathsep}{target}"},
        capture_output=True,
        text=True,
        check=False,
    )
