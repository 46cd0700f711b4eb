"""Meltano's environment `sandbox` follows the sandbox to ports of one's choice."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.meltano import REPOSITORY
from tests.sandbox.__main__ import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.meltano import Project


@pytest.fixture(scope="module")
def variables() -> Iterator[dict[str, str]]:
    """What a sandbox on free ports prints to be set."""
    free_ports = {service.variable: "0" for service in SERVICES}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox"],
        cwd=REPOSITORY,
        env={**os.environ, **free_ports},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield dict(read_exports(process.stdout))
        finally:
            process.kill()


def read_exports(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that are exported before the last line."""
    for line in lines:
        if line.startswith("Stop"):
            return
        if line.startswith("export "):
            (assignment,) = shlex.split(line)[1:]
            name, _, value = assignment.partition("=")
            yield name, value


@pytest.mark.long(seconds=10)
def test_variables_lead_every_tap_to_its_server(
    project: Project, variables: dict[str, str]
) -> None:
    taps = ("tap-goatcounter", "tap-gotom", "tap-studio-openapi", "tap-apparena")
    runs = [
        project.meltano("--environment=sandbox", "config", "test", tap, settings=variables)
        for tap in taps
    ]

    assert [run.status for run in runs] == [0] * len(taps), [run.story for run in runs]
