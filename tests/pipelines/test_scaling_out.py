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
STUDIOS = range(10, 26)


def read_commands(page: str) -> list[str]:
    """Return the commands that split a state in two, instead of eight, and that merge it again."""
    section = page.partition("### From one process to slices, and back")[2]
    prepare, split, merge = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[:3]
    return [prepare + split.replace("8", "2"), prepare + merge.replace("8", "2")]


def build_state(hours: dict[int, int]) -> dict[str, Any]:
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


@pytest.mark.long(seconds=60)  # as it begins with what others wait for, installing plugins
def test_the_commands_split_a_state_into_slices_and_merge_it_again(
    project: Project, state: dict[str, str]
) -> None:
    split, merge = read_commands(PAGE.read_text(encoding="utf-8"))

    def run(commands: str) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        finished = subprocess.run(
            ["bash", "-eu", "-c", commands],
            cwd=project.directory,
            env={**os.environ, **state, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr

    def set_state(state_id: str, hours: dict[int, int]) -> None:
        arguments = ("state", "set", "--force", state_id, json.dumps(build_state(hours)))
        finished = project.meltano(*arguments, settings=state)
        assert finished.status == 0, finished.story

    def get_state(state_id: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            project.meltano("state", "get", state_id, settings=state).output
        )
        return found

    before = dict.fromkeys(STUDIOS, 1)
    set_state(WHOLE, before)
    run(split)
    assert get_state(f"{WHOLE}:1-of-2") == build_state(before)

    odd, even = ({studio: 2 + rest for studio in STUDIOS if studio % 2 == rest} for rest in (1, 0))
    set_state(f"{WHOLE}:1-of-2", {**before, **odd})
    set_state(f"{WHOLE}:2-of-2", {**before, **even})
    run(merge)

    assert get_state(WHOLE) == build_state({**before, **odd, **even})
