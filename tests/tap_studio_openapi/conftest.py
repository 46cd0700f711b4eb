"""Fixtures: a tenant, and the tap in this process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.testing import TapRun, run_tap
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.tap_studio_openapi.tenant import Tenant, make_tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@cache
def discover(**settings: Any) -> dict[str, dict[str, Any]]:
    """Return the entries of the catalog, by stream."""
    catalog = TapStudioOpenApi(config=settings, validate_config=False).catalog_dict
    return {entry["tap_stream_id"]: entry for entry in catalog["streams"]}


def full_catalog(streams: Iterable[str]) -> dict[str, Any]:
    """Return a catalog of streams and their parents with all fields.

    The settings of a run decide which fields come out.
    """
    entries = discover(include_expiring_urls=True, unknown_fields="keep")
    parents = ("customers", "customer_contracts", "bookable_appointments", "membership_offers")
    return {"streams": [entries[stream] for stream in {*streams, *parents}]}


class InProcessTap:
    """Runs the tap in this process."""

    def succeed(self, settings: Mapping[str, Any], *streams: str, **given: Any) -> TapRun:
        """Run the tap, which must not fail, with these streams selected."""
        run = self._run(settings, streams, **given)
        assert run.exit_code == 0, run.error
        return run

    def fail(self, settings: Mapping[str, Any], *streams: str, **given: Any) -> TapRun:
        """Run the tap, which must fail."""
        run = self._run(settings, streams, **given)
        assert run.exit_code != 0
        return run

    def _run(
        self,
        settings: Mapping[str, Any],
        streams: Sequence[str],
        *,
        catalog: Mapping[str, Any] | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> TapRun:
        if streams and catalog is None:
            catalog = full_catalog(streams)
        return run_tap(TapStudioOpenApi, settings, catalog=catalog, state=state, select=streams)


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of hundredths of a second before a request is repeated."""
    monkeypatch.setattr("singer_tapkit.retry.MAX_BACKOFF", 0.02)


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    server = make_tenant()
    with server.serve() as url:
        yield Tenant(url, server)


@pytest.fixture
def tap() -> InProcessTap:
    return InProcessTap()
