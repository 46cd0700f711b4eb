"""The data of a new server: small, related, and odd where real data are."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sandbox.apparena.data import APP, Data, Owner

STORE = 3
"""The company that runs the store."""
COMPANY = 12
"""An agency in that store; what is seeded is mostly its own."""
CUSTOMER = 57
"""A customer of the agency with things of its own, and with a customer below."""

PROJECT = 44
VARIANT = "2.1.0"
BASE_TEMPLATE = 310
TEMPLATE_ID = 311
"""A template upon the base template."""
APP_ID = 41207
"""An app with settings, languages and channels of its own."""

APPS = 45
"""So many that they fill more than two pages."""
CUSTOMERS = 31
USERS = range(820, 842)


def data() -> Data:
    """Build the data anew.

    Each line of ``seeds.json`` has the kind of a row and what the method of `Data` that adds one
    takes; the owner of a setting is a list there.
    """
    found = Data()
    text = Path(__file__).with_name("seeds.json").read_text(encoding="utf-8")
    for kind, *values in json.loads(text):
        fields = values.pop() if isinstance(values[-1], dict) else {}
        if isinstance(values[0], list):
            values[0] = Owner(*values[0])
        getattr(found, f"add_{kind}")(*values, **fields)
    for number in range(CUSTOMER + 1, CUSTOMER + CUSTOMERS):
        found.add_company(COMPANY, number)
    for number in range(APP_ID, APP_ID + APPS):
        found.add_app(TEMPLATE_ID, number)
    for number in USERS:
        found.add_user(COMPANY, number)
    for table in (found.companies, found.apps):
        for number in sorted(table):
            table[number] = table.pop(number)
    # Without any activated language, the app has nothing in the map.
    found.languages[Owner(APP, 41215)] = []
    return found
