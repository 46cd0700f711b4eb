"""Fixtures: a tenant of two studios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tap_studio_openapi.tenant import Tenant, make_tenant

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
