"""`make sandbox`: its ports, and what it says when one of them is taken."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.meltano import REPOSITORY
from tests.sandbox.__main__ import SERVICES, Service

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
