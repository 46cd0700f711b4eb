"""An App-Arena with its client, and a tenant of studios, for the tests that ask for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import requests

from tests.sandbox.apparena import AppArena
from tests.sandbox.apparena_client import Client
from tests.sandbox.studio_openapi import Studio, StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def arena() -> AppArena:
    """A server with the seeded data and a key of the agency that owns most of them."""
    sandbox = AppArena()
    sandbox.add_key("key")
    return sandbox


@pytest.fixture
def client(arena: AppArena) -> Iterator[Client]:
    """A client with that key."""
    with arena.serve() as url, requests.Session() as session:
        yield Client(url, session, "key")


@pytest.fixture
def tenant() -> StudioOpenApi:
    """A tenant with two studios, whose clock stands still."""
    sandbox = StudioOpenApi(now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    sandbox.add_studio("kiel", "Kiel")
    sandbox.add_studio("bonn", "Bonn")
    return sandbox


@pytest.fixture
def studio(tenant: StudioOpenApi) -> Studio:
    """The first studio."""
    return tenant.studios[0]
