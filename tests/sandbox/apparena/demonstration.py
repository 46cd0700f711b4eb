"""Keys that are the same each time, for looking at a tap by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.apparena import seeds

if TYPE_CHECKING:
    from tests.sandbox.apparena.app_arena import AppArena

KEY = "apparena-sandbox"
"""The key of an agency with apps and customers."""
STORE_KEY = "apparena-store"
"""The key of the company that runs the store, which may list all companies."""


def fill(sandbox: AppArena) -> None:
    """Adds both keys; what they show is seeded."""
    sandbox.add_key(KEY)
    sandbox.add_key(STORE_KEY, company_id=seeds.STORE, store_owner=True)
