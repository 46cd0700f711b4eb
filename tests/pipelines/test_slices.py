"""Slices of a list of accounts under Meltano, each with a state of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.accounts import slice_of
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from pathlib import Path

    from tests.meltano import Project, Run

NAMES = [f"Studio {number}" for number in range(1, 1101)]
COUNT = 200
NUMBERS = (6, 7)


@pytest.mark.long(seconds=30)
def test_1100_connections_in_a_file_are_read_in_slices_with_states_of_their_own(
    project: Project, tmp_path: Path
) -> None:
    server = StudioOpenApi(version="1.12.1")
    for name in NAMES:
        if slice_of(name, COUNT) in NUMBERS:
            server.add_studio(f"key of {name}".replace(" ", "-"), name, customers=1)
    state = {"MELTANO_DATABASE_URI": f"sqlite:///{tmp_path / 'meltano.db'}"}

    with server.serve() as url:
        (project.directory / "chain.yaml").write_text(as_yaml(url), encoding="utf-8")
        variables = {f"KEY_{name[7:]}": f"key-of-{name}".replace(" ", "-") for name in NAMES[-550:]}
        runs = [run_slice(project, number, {**state, **variables}) for number in NUMBERS]

    for number, run in zip(NUMBERS, runs, strict=True):
        assert run.status == 0, run.story
        count = [slice_of(name, COUNT) for name in NAMES].count(number)
        assert f"Slice {number}/{COUNT} has {count} of 1,100 connections." in run.story
        assert f"studio: {count} records in" in run.story
    states = [read_state(project, number, state) for number in NUMBERS]
    assert all(found["singer_state"]["bookmarks"].keys() == {"studio"} for found in states)


def as_yaml(url: str) -> str:
    """The connections, half of them with keys that are in variables."""
    return "".join(
        f"- {{name: {name}, base_url: '{url}', api_key: {key_of(name)}}}\n" for name in NAMES
    )


def key_of(name: str) -> str:
    """The key in the file, or the name of its variable."""
    return f"$KEY_{name[7:]}" if name in NAMES[-550:] else f"key-of-{name}".replace(" ", "-")


def run_slice(project: Project, number: int, variables: dict[str, str]) -> Run:
    """Load a slice."""
    return project.meltano(
        "el",
        f"--state-id=dev:tap-studio-openapi-to-target-jsonl:{number}",
        "--select=studio.*",
        "tap-studio-openapi",
        "target-jsonl",
        settings={
            **variables,
            "TAP_STUDIO_OPENAPI_CONNECTIONS_FILE": "chain.yaml",
            "TAP_STUDIO_OPENAPI_SLICE": f"{number}/{COUNT}",
        },
    )


def read_state(project: Project, number: int, state: dict[str, str]) -> dict[str, Any]:
    """What Meltano has kept of a slice."""
    state_id = f"dev:tap-studio-openapi-to-target-jsonl:{number}"
    found: dict[str, Any] = json.loads(
        project.meltano("state", "get", state_id, settings=state).output
    )
    return found
