"""Fixtures: servers of both generations, a real one where there is one, and the tap itself.

The fixture `server` is for whatever must hold on any server. Its tests also run against a real
GoatCounter if a program of that name is on the PATH.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.command_line import CommandLine
from tests.real_goatcounter import serve_real
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.tap_goatcounter.servers import COUNT_PERMISSION, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tap_goatcounter.servers import Server

REAL = "real"
SERVERS = [*Generation, *([REAL] if shutil.which("goatcounter") else [])]


OpenSandbox = Callable[..., Sandbox]


class Tap(CommandLine):
    """The tap's command line."""

    name = "tap-goatcounter"


def serve_sandbox(
    stack: ExitStack,
    generation: Generation,
    *,
    permissions: int = 76,
    timezone: str = ".UTC",
    collect: int = 510,
    **settings: Any,
) -> Sandbox:
    """Serve one site until the stack is left, without limits unless `settings` set some."""
    server = GoatCounter(generation, **{"limits": UNLIMITED, **settings})
    site = server.add_site(collect=collect)
    return Sandbox(
        url=stack.enter_context(server.serve()),
        token=server.add_token(permissions, timezone=timezone),
        sender=server.add_token(COUNT_PERMISSION, name="sender"),
        site_id=site.id,
        server=server,
        site=site,
    )


@pytest.fixture
def open_sandbox() -> Iterator[OpenSandbox]:
    with ExitStack() as stack:
        yield partial(serve_sandbox, stack)


@pytest.fixture(params=list(Generation), ids=lambda generation: generation.value)
def generation(request: pytest.FixtureRequest) -> Generation:
    found: Generation = request.param
    return found


@pytest.fixture
def sandbox(open_sandbox: OpenSandbox, generation: Generation) -> Sandbox:
    """Return either generation of the sandbox."""
    return open_sandbox(generation)


@pytest.fixture
def older(open_sandbox: OpenSandbox) -> Sandbox:
    """Return release 2.7 of the sandbox."""
    return open_sandbox(Generation.V2_7)


@pytest.fixture
def newer(open_sandbox: OpenSandbox) -> Sandbox:
    """Return the sandbox as hosted sites are."""
    return open_sandbox(Generation.MAIN)


@pytest.fixture(params=SERVERS, ids=lambda server: getattr(server, "value", server))
def server(
    request: pytest.FixtureRequest, open_sandbox: OpenSandbox, tmp_path: Path
) -> Iterator[Server]:
    """Return any server there is."""
    if request.param == REAL:
        with serve_real(tmp_path) as real:
            yield real
    else:
        yield open_sandbox(request.param)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for exports and before retries no longer than need be."""
    monkeypatch.setattr("tap_goatcounter.export.MIN_POLL_PAUSE", 0.02)
    monkeypatch.setattr("singer_tapkit.retry.MAX_BACKOFF", 0.02)
    monkeypatch.setattr("tests.sandbox.goatcounter.exports.DEFAULT_SECONDS", 0.01)


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Tap]:
    with Tap(tmp_path) as tap:
        yield tap
