"""Fixtures: a tenant of two studios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tap_studio_openapi.tenant import Tenant, WholeTenant, discover, make_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of hundredths of a second before a request is repeated."""
    monkeypatch.setattr("singer_tapkit.retry.MAX_BACKOFF", 0.02)


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    server = make_tenant()
    with server.serve() as url:
        yield Tenant(url, server)


@pytest.fixture(scope="session")
def whole() -> Iterator[WholeTenant]:
    server = make_tenant()
    server.version = "1.20.1"
    with server.serve() as url:
        run = Tenant(url, server).both.succeed(*discover(), debt_collection_run_ids=[7001])
        yield WholeTenant(url, server, run)
