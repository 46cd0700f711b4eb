"""Slices of a list of accounts under Meltano, each with a state of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from singer_tapkit.accounts import slice_of
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from tests.meltano import Project, Run

TAP = "tap-studio-openapi"
KEYS = {f"Studio {number}": f"key-of-{number}" for number in range(1, 1101)}
COUNT = 200
NUMBERS = (6, 7)


@pytest.mark.long(seconds=30)
def test_1100_connections_in_a_file_are_read_in_slices_with_states_of_their_own(
    project: Project, state: dict[str, str]
) -> None:
    server = StudioOpenApi(version="1.12.1")
    for name, key in KEYS.items():
        if slice_of(name, COUNT) in NUMBERS:
            server.add_studio(key, name, customers=1)
    with server.serve() as url:
        connections = [
            {"name": name, "base_url": url, "api_key": f"${key.replace('-', '_').upper()}"}
            for name, key in KEYS.items()
        ]
        (project.directory / "chain.json").write_text(json.dumps(connections), encoding="utf-8")
        keys = {key.replace("-", "_").upper(): key for key in KEYS.values()}
        runs = [run_slice(project, number, {**state, **keys}) for number in NUMBERS]

    for number, run in zip(NUMBERS, runs, strict=True):
        assert run.status == 0, run.story
        count = [slice_of(name, COUNT) for name in KEYS].count(number)
        assert f"Slice {number}/{COUNT} has {count} of 1,100 connections." in run.story
        assert f"studio: {count} records in" in run.story
    listed = project.meltano("state", "list", settings=state).output.splitlines()
    assert {line for line in listed if TAP in line} == {build_state_id(n) for n in NUMBERS}


def run_slice(project: Project, number: int, variables: dict[str, str]) -> Run:
    """Load a slice."""
    slice_ = {
        "TAP_STUDIO_OPENAPI_CONNECTIONS_FILE": "chain.json",
        "TAP_STUDIO_OPENAPI_SLICE": f"{number}/{COUNT}",
    }
    command = ("el", f"--state-id={build_state_id(number)}", "--select=studio.*")
    return project.meltano(*command, TAP, "target-jsonl", settings={**variables, **slice_})


def build_state_id(number: int) -> str:
    """Return the id of a slice's state."""
    return f"dev:{TAP}-to-target-jsonl:{number}"
