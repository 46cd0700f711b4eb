"""`make sandbox`: its ports, and what it says when one of them is taken."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from tests.meltano import REPOSITORY
from tests.sandbox.__main__ import SERVICES, Service, parser, serve_studios

if TYPE_CHECKING:
    from pathlib import Path

FREE_PORTS = {service.variable: "0" for service in SERVICES}


def refuse(**variables: str) -> subprocess.CompletedProcess[str]:
    """Start the sandbox, which must end at once."""
    finished = subprocess.run(
        [sys.executable, "-m", "tests.sandbox"],
        cwd=REPOSITORY,
        env={**os.environ, **FREE_PORTS, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode != 0
    return finished


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_busy_port_is_told_in_one_line(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = refuse(**{service.variable: str(port)})

    (line,) = finished.stderr.splitlines()
    assert f"{service.name} cannot be served on port {port}" in line
    assert service.variable in line


@pytest.mark.parametrize("port", ["65536", "-1", "many"])
def test_what_is_no_port_is_refused(port: str) -> None:
    finished = refuse(SANDBOX_GOTOM_PORT=port)

    assert f"'{port}' is no port" in finished.stderr.splitlines()[-1]


def test_a_chain_is_served_besides_and_its_connections_are_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "chain.json"
    arguments = parser().parse_args(["--chain", "3", "--chain-file", str(file)])

    with serve_studios(arguments, 0) as served:
        connections = json.loads(file.read_text("utf-8"))
        names = [
            requests.get(
                f"{entry['base_url']}/v1/studios/information",
                headers={"x-api-key": entry["api_key"]},
                timeout=10,
            ).json()["name"]
            for entry in connections
        ]

    assert [entry["name"] for entry in connections] == ["Studio 0001", "Studio 0002", "Studio 0003"]
    assert names == [entry["name"] for entry in connections]
    assert str(file) in served.about
