"""The token appears nowhere but in the requests to its server."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, CutOff, Reset, html_page
from tests.singer import command_of
from tests.tap_goatcounter.servers import view

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.faults import Effect
    from tests.tap_goatcounter.servers import Sandbox

SECRET = "s3cr3tt0k3n7d1e5f0a9b3c2d4e6f8a0b1c3d5e7f9a2b4c6d8"  # noqa: S105
LOG_EVERYTHING = {
    "TAP_GOATCOUNTER_LOGLEVEL": "DEBUG",
    "TAP_GOATCOUNTER_LOG_LEVEL": "DEBUG",
    "LOGLEVEL": "DEBUG",
}


def everything_written(settings: dict[str, Any], directory: Path, *arguments: str) -> str:
    """All that a run writes at the most talkative level, files included."""
    before = set(directory.iterdir())
    command = command_of("tap-goatcounter", settings, directory)
    finished = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **LOG_EVERYTHING},
        cwd=directory,
    )
    made = set(directory.iterdir()) - before - {directory / "config.json"}
    return finished.stdout + finished.stderr + "".join(file.read_text() for file in made)


@pytest.fixture
def guarded(newer: Sandbox) -> Sandbox:
    """A sandbox whose only token is the one looked for."""
    newer.server.add_token(text=SECRET)
    newer.add(view("/a"))
    return newer


@pytest.mark.parametrize("argument", [(), ("--discover",), ("--test",), ("--about",)])
def test_a_run_that_succeeds_tells_nothing(
    guarded: Sandbox, tmp_path: Path, argument: tuple[str, ...]
) -> None:
    written = everything_written(guarded.settings(token=SECRET), tmp_path, *argument)
    assert len(written) > 1000
    assert SECRET not in written


def test_the_most_talkative_level_really_is_on(guarded: Sandbox, tmp_path: Path) -> None:
    assert "| DEBUG" in everything_written(guarded.settings(token=SECRET), tmp_path)


@pytest.mark.parametrize(
    ("path", "effect"),
    [
        ("/api/v0/me", Answer(401, '{"error":"unknown token"}')),
        ("/api/v0/me", Answer(403, '{"error":"requires more"}')),
        ("/api/v0/me", html_page(502, "Bad Gateway")),
        ("/api/v0/me", Answer(302, headers={"Location": "https://login.example.com/"})),
        ("/api/v0/sites", Answer(200, "not JSON")),
        ("/api/v0/paths", Reset()),
        ("/api/v0/stats/total", Answer(429, "slow down", {"Retry-After": "1"})),
        ("/api/v0/export", Answer(500, "{}")),
        ("/api/v0/export", Reset()),
        ("/api/v0/export/1/download", CutOff(10)),
    ],
)
def test_a_run_that_fails_tells_nothing(
    guarded: Sandbox, tmp_path: Path, path: str, effect: Effect
) -> None:
    guarded.server.faults.add("*", path, effect, times=None)
    written = everything_written(guarded.settings(token=SECRET, max_retries=1), tmp_path)
    assert "sync failed" in written
    assert SECRET not in written


@pytest.mark.parametrize(
    "settings",
    [
        {"token": [SECRET]},
        {"token": {"value": SECRET}},
        {"token": SECRET + "\n\n" + SECRET},
        {"token": f"{SECRET} {SECRET}"},
        {"token": SECRET + "é…"},
        {"token": f"Bearer {SECRET}"},
        {"token": SECRET, "site_url": f"https://user:{SECRET}@example.com"},
        {"token": SECRET, "site_url": f"ftp://user:{SECRET}@example.com"},
        {"token": SECRET, "site_url": f"user:{SECRET}@example.com"},
        {"token": SECRET, "site_url": f"http://user:{SECRET}@example.com"},
        {"token": SECRET, "site_url": f"https://example.com/?token={SECRET}"},
        {"token": "", "site_url": f"https://user:{SECRET}@example.com"},
        {"sites": {"site_url": "https://example.com", "token": SECRET}},
        {"sites": [{"token": SECRET}]},
        {"sites": [{"site_url": "https://example.com", "token": [SECRET]}]},
        {"sites": [{"site_url": 7, "token": SECRET}]},
        {"sites": [SECRET]},
        {"sites": f'[{{"token": "{SECRET}"}}]'},
        {"token": SECRET, "window_days": "many"},
    ],
    ids=json.dumps,
)
def test_a_mistake_in_the_settings_themselves_tells_nothing(
    newer: Sandbox, tmp_path: Path, settings: dict[str, Any]
) -> None:
    written = everything_written({"site_url": newer.url, "max_retries": 0, **settings}, tmp_path)
    assert SECRET not in written
    assert "Traceback" not in written


def test_a_token_goes_into_a_header_and_never_into_an_address(
    guarded: Sandbox, tmp_path: Path
) -> None:
    everything_written(guarded.settings(token=SECRET), tmp_path)
    assert guarded.server.requests
    for request in guarded.server.requests:
        assert SECRET not in f"{request.path}?{request.raw_query}"
        assert SECRET.encode() not in request.body
