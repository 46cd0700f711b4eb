"""`make sandbox`: its ports, and what it says when one of them is taken."""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from tests.meltano import REPOSITORY
from tests.processes import build_command, run_program
from tests.publishing.definition import list_extractors, read_sandbox_settings
from tests.sandbox.__main__ import SERVICES, Service, build_parser, main, serve_studios

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FREE_PORTS = {service.variable: "0" for service in SERVICES}


def refuse(monkeypatch: pytest.MonkeyPatch, **variables: str) -> object:
    """Start the sandbox, which must end at once, and return its exit status."""
    monkeypatch.setattr(sys, "argv", ["sandbox"])
    for name, text in {**FREE_PORTS, **variables}.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_busy_port_is_named_in_one_line(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = str(refuse(monkeypatch, **{service.variable: str(port)}))

    assert f"{service.name} cannot be served on port {port}" in line
    assert service.variable in line
    assert "\n" not in line


@pytest.mark.parametrize("port", ["65536", "-1", "many"])
def test_what_is_no_port_is_refused(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refuse(monkeypatch, SANDBOX_GOTOM_PORT=port)

    assert f"'{port}' is no port" in capsys.readouterr().err.splitlines()[-1]


def test_variables_lead_every_tap_to_its_server(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox"],
        cwd=REPOSITORY,
        env={**os.environ, **FREE_PORTS},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            variables = dict(read_exports(process.stdout))
            runs = {
                tap: run_program(
                    [
                        *build_command(tap, read_sandbox_settings(tap), tmp_path),
                        "--config=ENV",
                        "--test",
                    ],
                    {**os.environ, **variables},
                )
                for tap in list_extractors()
            }
        finally:
            process.kill()

    assert {tap: run.stderr for tap, run in runs.items() if run.returncode} == {}


def read_exports(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that are exported before the last line."""
    for line in lines:
        if line.startswith("Stop"):
            return
        if line.startswith("export "):
            (assignment,) = shlex.split(line)[1:]
            name, _, value = assignment.partition("=")
            yield name, value


def test_a_chain_is_served_besides_and_its_connections_are_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "chain.json"
    arguments = build_parser().parse_args(["--chain", "3", "--chain-file", str(file)])

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
