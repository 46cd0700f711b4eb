"""A real GoatCounter, started from the program on the PATH, with an empty site of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from typing_extensions import override

from tests.processes import find_free_port
from tests.tap_goatcounter.servers import Server, select_visitors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.sandbox.goatcounter import Hit

PROGRAM = "goatcounter"
CHANGES = (
    "update api_tokens set permissions=126, sites='[-1]' where api_token_id=1",
    (
        "update sites set settings = cast(json_set(cast(settings as text), '$.collect', 510) "
        "as blob) where site_id=1"
    ),
    (
        "update users set settings = cast(json_set(cast(settings as text), '$.timezone', '.UTC') "
        "as blob) where user_id=1"
    ),
)
PATIENCE_SECONDS = 30
NO_LIMITS = "api:100000/1,api-count:100000/1,export:100000/1"


@dataclass(frozen=True)
class RealGoatCounter(Server):
    """A real server, which stores hits a moment after they were sent."""

    sent: list[Hit]

    @override
    def send(self, hits: Sequence[Hit]) -> None:
        super().send(hits)
        self.sent.extend(hits)
        expected = len(select_visitors(self.sent))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := self._count_visitors()) != expected:
            assert time.monotonic() < deadline, f"{found} visitors instead of {expected}"
            time.sleep(0.2)

    def _count_visitors(self) -> Any:
        answer = requests.get(
            f"{self.url}/api/v0/stats/total",
            {"start": "2000-01-01T00:00:00Z", "end": "2100-01-01T00:00:00Z"},
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
            },
            timeout=20,
        )
        return answer.json()["total"]


@contextlib.contextmanager
def serve_real(directory: Path) -> Iterator[RealGoatCounter]:
    """Serve a real GoatCounter until the block is left."""
    database = f"sqlite+{directory / 'goatcounter.sqlite3'}"
    token = _make_site(database)
    exports = directory / "exports"
    exports.mkdir()
    port = find_free_port()
    server = subprocess.Popen(
        [
            *(PROGRAM, "serve", "-db", database, "-listen", f"127.0.0.1:{port}", "-tls", "http"),
            *("-store-every", "1", "-ratelimit", NO_LIMITS),
        ],
        env={**os.environ, "TMPDIR": str(exports)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, server)
        _warm_up(url, token)
        yield RealGoatCounter(url, token, token, 1, sent=[])
    finally:
        server.terminate()
        server.wait(timeout=30)


def _make_site(database: str) -> str:
    """Make a database with a site that collects everything, and a token that may do anything."""
    _run_program(
        *("db", "create", "site", "-createdb", "-db", database, "-vhost=127.0.0.1"),
        *("-user.email=admin@example.com", "-user.password=averylongpassword"),
    )
    _run_program(
        *("db", "create", "apitoken", "-db", database, "-user=1", "-name=tap"),
        "-perm=count,export,site_read,site_update",
    )
    for change in CHANGES:
        _run_program("db", "query", "-db", database, "-format=exec", change)
    query = "select token from api_tokens where api_token_id=1"
    return _run_program("db", "query", "-db", database, "-format=csv", query).split()[1]


def _run_program(*arguments: str) -> str:
    return subprocess.run(
        [PROGRAM, *arguments], check=True, capture_output=True, text=True, timeout=60
    ).stdout


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert server.poll() is None, f"{PROGRAM} ended by itself"
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{url}/status", timeout=5).ok:
                return
        assert time.monotonic() < deadline, f"{PROGRAM} does not answer"
        time.sleep(0.1)


def _warm_up(url: str, token: str) -> None:
    """Use a token for the first time, which newer servers answer with 404."""
    requests.get(f"{url}/api/v0/me", headers={"Authorization": f"Bearer {token}"}, timeout=20)
