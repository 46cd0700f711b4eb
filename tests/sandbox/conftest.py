"""An App-Arena and its client, for the tests that ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.sandbox.apparena import AppArena
from tests.sandbox.apparena_client import Client

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
