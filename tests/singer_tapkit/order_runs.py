"""Runs of the small tap that read orders, and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_tapkit.fake_server import FakeResponse
from singer_tapkit.testing import run_tap
from tests.singer_tapkit.small_tap import SmallTap
from tests.singer_tapkit.tap_runs import make_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_tapkit.fake_server import FakeServer
    from singer_tapkit.testing import TapRun


def make_orders(*numbers: int) -> FakeResponse:
    """Return a response with these orders."""
    return FakeResponse(json=[{"id": number} for number in numbers])


def run(
    server: FakeServer,
    accounts: Sequence[str],
    state: dict[str, Any] | None = None,
    catalog: dict[str, Any] | None = None,
    **more: Any,
) -> TapRun:
    """Read the orders of these accounts."""
    config = make_settings(server, accounts=list(accounts), **more)
    return run_tap(SmallTap, config, state=state, catalog=catalog, select=["orders"])


def read_bookmarks(state: dict[str, Any]) -> dict[str, Any]:
    """Return the bookmark of each account in a state."""
    partitions = state["bookmarks"]["orders"].get("partitions", [])
    return {
        entry["context"]["account"]: entry["replication_key_value"]
        for entry in partitions
        if "replication_key_value" in entry
    }
