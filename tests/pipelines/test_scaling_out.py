"""The commands of the page on scaling out, in a Meltano project."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.meltano import Project

PAGE = Path(__file__).parents[2] / "docs" / "scaling-out.md"
WHOLE = "prod:tap-studio-openapi-to-target-postgres"
SLICES = 8
STUDIOS = range(10, 26)


def commands_of(page: str) -> list[str]:
    """Return the commands that split a state and those that merge it again."""
    section = page.partition("### From one process to slices, and back")[2]
    prepare, split, merge = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[:3]
    return [prepare + split, prepare + merge]


def state_of(hours: dict[int, int]) -> dict[str, Any]:
    """Return the state of a chain of which each studio was last read at some hour."""
    partitions = [
        {
            "context": {"studio_id": studio},
            "replication_key": "checkInDateTime",
            "replication_key_value": f"2026-11-28T{hour:02}:00:00+00:00",
        }
        for studio, hour in hours.items()
    ]
    return {"singer_state": {"bookmarks": {"customer_checkins": {"partitions": partitions}}}}


@pytest.mark.long(seconds=60)
def test_the_commands_split_a_state_into_slices_and_merge_it_again(
    project: Project, tmp_path: Path
) -> None:
    database = {"MELTANO_DATABASE_URI": f"sqlite:///{tmp_path / 'meltano.db'}"}
    split, merge = commands_of(PAGE.read_text(encoding="utf-8"))

    def run(commands: str) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        finished = subprocess.run(
            ["bash", "-eu", "-c", commands],
            cwd=project.directory,
            env={**os.environ, **database, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr

    def set_state(state_id: str, state: dict[str, Any]) -> None:
        arguments = ("state", "set", "--force", state_id, json.dumps(state))
        finished = project.meltano(*arguments, settings=database)
        assert finished.status == 0, finished.story

    def get_state(state_id: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            project.meltano("state", "get", state_id, settings=database).output
        )
        return found

    before = dict.fromkeys(STUDIOS, 1)
    set_state(WHOLE, state_of(before))
    run(split)
    assert get_state(f"{WHOLE}:3-of-8") == state_of(before)

    for number in range(1, SLICES + 1):
        read = {studio: 2 + number for studio in STUDIOS if studio % SLICES == number % SLICES}
        set_state(f"{WHOLE}:{number}-of-8", state_of({**before, **read}))
    run(merge)

    expected = {studio: 2 + (studio % SLICES or SLICES) for studio in STUDIOS}
    assert get_state(WHOLE) == state_of(expected)
