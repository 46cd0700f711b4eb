"""Serve for one tap what ``make sandbox`` serves, on a port of its own."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from tests.publishing.definition import read_sandbox_settings
from tests.sandbox import apparena, goatcounter, gotom, studio_openapi
from tests.sandbox.apparena import AppArena
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.sandbox.gotom import GoTom
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST = re.compile(r"http://127\.0\.0\.1:\d+")
NEWEST_KNOWN = "1.20.1"
"""A version of the studios' API that has all streams."""

SERVERS: dict[str, tuple[Callable[[], Any], Any]] = {
    "tap-goatcounter": (
        lambda: GoatCounter(Generation.MAIN, limits=UNLIMITED),
        goatcounter.demonstration,
    ),
    "tap-gotom": (GoTom, gotom.demonstration),
    "tap-studio-openapi": (
        lambda: StudioOpenApi(version=NEWEST_KNOWN),
        studio_openapi.demonstration,
    ),
    "tap-apparena": (AppArena, apparena.demonstration),
}
"""Servers of the newest versions, which have all streams, and what fills them."""


@contextlib.contextmanager
def serve(tap: str) -> Iterator[dict[str, Any]]:
    """Serve what a tap reads, and yield the settings by which it finds that."""
    build, shown = SERVERS[tap]
    server = build()
    shown.fill(server)
    with server.serve() as url:
        (host,) = HOST.findall(url)
        yield json.loads(HOST.sub(host, json.dumps(read_sandbox_settings(tap))))
