"""Keys that are the same each time, for looking at a tap by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.apparena import seeds
from tests.sandbox.apparena.data import APP, Owner

if TYPE_CHECKING:
    from tests.sandbox.apparena.app_arena import AppArena

KEY = "apparena-sandbox"
"""The key of an agency with apps and customers."""
STORE_KEY = "apparena-store"
"""The key of the company that runs the store, which may list all companies."""

_RUNNING = {seeds.BASE_TEMPLATE: 4, seeds.TEMPLATE_ID: 9, 312: 7, 320: 12}
"""How many apps that have not ended yet there are, by their templates."""
_DAYS_APART = 11
_OWN_SETTINGS = {"headline": "Jetzt abstimmen", "color_primary": "#0A5C8C", "layout": "list"}
"""Of the apps that still run: of each, of every second, and of every third."""


def fill(sandbox: AppArena) -> None:
    """Add both keys, and apps that still run beside the seeded ones, most of which are old."""
    sandbox.quirks.own_company_is_customer = True
    sandbox.add_key(KEY)
    sandbox.add_key(STORE_KEY, company_id=seeds.STORE, store_owner=True)
    today = datetime.now(UTC).date()
    templates = [template for template, count in _RUNNING.items() for _ in range(count)]
    for place, template in enumerate(templates, 1):
        ends = today + timedelta(place * _DAYS_APART)
        app = sandbox.data.add_app(template, activated=True, expiryDate=f"{ends} 23:59:59")
        for every, (name, value) in enumerate(_OWN_SETTINGS.items(), 1):
            if place % every == 0:
                sandbox.data.add_config(Owner(APP, app["appId"]), name, value)
