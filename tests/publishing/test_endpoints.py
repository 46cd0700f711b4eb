"""The endpoints in the READMEs are those that the taps ask."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import run_program
from tests.publishing.definition import extractors, sandbox_settings, streams
from tests.publishing.readme import quoted_in, readme_of
from tests.sandbox import apparena, goatcounter, gotom, studio_openapi
from tests.sandbox.apparena import AppArena
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.sandbox.gotom import GoTom
from tests.sandbox.studio_openapi import StudioOpenApi
from tests.singer import command_of, selecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox.traffic import ReceivedRequest

    Served = tuple[dict[str, Any], list[ReceivedRequest]]


@contextmanager
def serve_goatcounter() -> Iterator[Served]:
    sandbox = GoatCounter(Generation.MAIN, limits=UNLIMITED)
    goatcounter.demonstration.fill(sandbox)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with sandbox.serve() as url:
        settings = {"site_url": url, "start_date": yesterday.isoformat()}
        yield {**settings, "requests_per_second": 1000, "requests_per_hour": 0}, sandbox.requests


@contextmanager
def serve_gotom() -> Iterator[Served]:
    sandbox = GoTom()
    gotom.demonstration.fill(sandbox)
    with sandbox.serve() as url:
        yield {"base_url": url}, sandbox.requests


@contextmanager
def serve_studio_openapi() -> Iterator[Served]:
    sandbox = StudioOpenApi(version="1.20.1")
    studio_openapi.demonstration.fill(sandbox)
    with sandbox.serve() as url:
        connections = sandbox_settings("tap-studio-openapi")["connections"][:1]
        yield {"connections": [{**connections[0], "base_url": url}]}, sandbox.requests


@contextmanager
def serve_apparena() -> Iterator[Served]:
    sandbox = AppArena()
    apparena.demonstration.fill(sandbox)
    sandbox.add_key("agency-and-store", store_owner=True)
    with sandbox.serve() as url:
        yield {"api_url": url, "api_key": "agency-and-store"}, sandbox.requests


SERVERS = {
    "tap-goatcounter": serve_goatcounter,
    "tap-gotom": serve_gotom,
    "tap-studio-openapi": serve_studio_openapi,
    "tap-apparena": serve_apparena,
}


@pytest.mark.parametrize("tap", extractors())
def test_endpoints_are_those_that_a_run_asks(tap: str, tmp_path: Path) -> None:
    with SERVERS[tap]() as (server, requests):
        settings = {**sandbox_settings(tap), **server}
        found = streams(tap, settings, tmp_path)
        catalog = selecting({"streams": list(found.values())}, *found)
        run_program(command_of(tap, settings, tmp_path, catalog=catalog))
    asked = {request.path for request in requests}
    endpoints = {
        endpoint
        for row in readme_of(tap).rows("Streams")
        for endpoint in quoted_in(row["endpoint"])
    }

    assert {endpoint for endpoint in endpoints if not is_among(endpoint, asked)} == set()


def is_among(endpoint: str, paths: set[str]) -> bool:
    """Tell whether an endpoint was asked, with anything in place of ``…``."""
    pattern = re.escape(endpoint).replace("…", "[^/]+")
    return any(re.search(f"{pattern}$", path) for path in paths)
