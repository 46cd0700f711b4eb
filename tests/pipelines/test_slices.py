"""Slices of a list of accounts under Meltano, each with a state of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from singer_tapkit.accounts import slice_of
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from tests.meltano import Project, Run

TAP = "tap-studio-openapi"
NAMES = [f"Studio {number}" for number in range(1, 1101)]
COUNT = 200
NUMBERS = (6, 7)


@pytest.mark.long(seconds=30)
def test_1100_connections_in_a_file_are_read_in_slices_with_states_of_their_own(
    project: Project, state: dict[str, str]
) -> None:
    server = StudioOpenApi(version="1.12.1")
    for name in NAMES:
        if slice_of(name, COUNT) in NUMBERS:
            server.add_studio(f"key of {name}".replace(" ", "-"), name, customers=1)

    with server.serve() as url:
        (project.directory / "chain.yaml").write_text(write_yaml(url), encoding="utf-8")
        variables = {f"KEY_{name[7:]}": f"key-of-{name}".replace(" ", "-") for name in NAMES[-550:]}
        runs = [run_slice(project, number, {**state, **variables}) for number in NUMBERS]

    for number, run in zip(NUMBERS, runs, strict=True):
        assert run.status == 0, run.story
        count = [slice_of(name, COUNT) for name in NAMES].count(number)
        assert f"Slice {number}/{COUNT} has {count} of 1,100 connections." in run.story
        assert f"studio: {count} records in" in run.story
    listed = project.meltano("state", "list", settings=state).output.splitlines()
    assert {line for line in listed if TAP in line} == {build_state_id(n) for n in NUMBERS}


def write_yaml(url: str) -> str:
    """Return the connections, half of them with keys that are in variables."""
    return "".join(
        f"- {{name: {name}, base_url: '{url}', api_key: {find_key(name)}}}\n" for name in NAMES
    )


def find_key(name: str) -> str:
    """Return the key in the file, or the name of its variable."""
    return f"$KEY_{name[7:]}" if name in NAMES[-550:] else f"key-of-{name}".replace(" ", "-")


def run_slice(project: Project, number: int, variables: dict[str, str]) -> Run:
    """Load a slice."""
    return project.meltano(
        "el",
        f"--state-id={build_state_id(number)}",
        "--select=studio.*",
        TAP,
        "target-jsonl",
        settings={
            **variables,
            "TAP_STUDIO_OPENAPI_CONNECTIONS_FILE": "chain.yaml",
            "TAP_STUDIO_OPENAPI_SLICE": f"{number}/{COUNT}",
        },
    )


def build_state_id(number: int) -> str:
    """Return the id of a slice's state."""
    return f"dev:{TAP}-to-target-jsonl:{number}"
