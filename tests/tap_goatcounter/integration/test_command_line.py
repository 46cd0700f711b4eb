"""The tap by its command line: settings from anywhere, an exit status, no secret anywhere."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.processes import build_command
from tests.sandbox.faults import Answer, CutOff
from tests.tap_goatcounter.servers import get_day, make_view

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.faults import Effect
    from tests.tap_goatcounter.conftest import Tap
    from tests.tap_goatcounter.servers import Sandbox

SECRET = "s3cr3tt0k3n7d1e5f0a9b3c2d4e6f8a0b1c3d5e7f9a2b4c6d8"  # noqa: S105
LOG_EVERYTHING = {"TAP_GOATCOUNTER_LOGLEVEL": "DEBUG", "LOGLEVEL": "DEBUG"}


def test_all_settings_can_come_from_the_environment(newer: Sandbox, command: Tap) -> None:
    newer.add(make_view("/a"))
    finished = command.run_with(
        "--config=ENV",
        environment={
            "TAP_GOATCOUNTER_SITES": json.dumps([{"site_url": newer.url, "token": newer.token}]),
            "TAP_GOATCOUNTER_REQUESTS_PER_SECOND": "1000",
            "TAP_GOATCOUNTER_CHILD_SITES": "true",
            "TAP_GOATCOUNTER_START_DATE": f"{get_day(2)}T00:00:00Z",
        },
    )
    assert finished.returncode == 0, finished.stderr
    assert '"stream":"hits","record"' in finished.stdout


FAULTS: list[tuple[str, Effect]] = [
    ("/api/v0/me", Answer(401, f'{{"error":"no {SECRET}"}}')),
    ("/api/v0/me", Answer(302, headers={"Location": f"https://x.example/?t={SECRET}"})),
    ("/api/v0/export/1/download", CutOff(10)),
]


@pytest.mark.parametrize(
    ("argument", "faults", "words"),
    [
        ((), [], "| DEBUG"),
        (("--test",), [], "all permissions are there"),
        *(((), [fault], "sync failed") for fault in FAULTS),
    ],
)
def test_no_run_writes_its_token(
    newer: Sandbox,
    tmp_path: Path,
    argument: tuple[str, ...],
    faults: list[tuple[str, Effect]],
    words: str,
) -> None:
    newer.server.add_token(text=SECRET)
    newer.add(make_view("/a"))
    for path, effect in faults:
        newer.server.faults.add("*", path, effect, times=None)
    settings = newer.settings(token=SECRET, max_retries=0)
    before = set(tmp_path.iterdir())
    finished = subprocess.run(
        [*build_command("tap-goatcounter", settings, tmp_path), *argument],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **LOG_EVERYTHING},
        cwd=tmp_path,
    )
    made = set(tmp_path.iterdir()) - before - {tmp_path / "config.json"}
    written = finished.stdout + finished.stderr + "".join(file.read_text() for file in made)
    assert words in written
    assert SECRET not in written
    for request in newer.server.requests:
        assert SECRET not in f"{request.path}?{request.raw_query} {request.body!r}"
