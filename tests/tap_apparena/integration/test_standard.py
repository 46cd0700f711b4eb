"""The Singer SDK's own tests of any tap.

They ask for the streams while pytest collects them, so that the server runs from then on.
"""

from __future__ import annotations

import atexit
import json
from contextlib import ExitStack

from singer_tapkit.testing import select_streams
from tap_apparena.tap import TapAppArena
from tests.sandbox.apparena import AppArena, Quirks
from tests.sandbox.faults import Answer
from tests.standard import get_tap_test_class
from tests.tap_apparena.servers import KEY, NAMES, Server

SANDBOX = AppArena(quirks=Quirks(audit=True, unknown_fields=True))
SANDBOX.add_key(KEY, store_owner=True)
# Channels of apps come without meta in all samples, though it is among their documented fields.
CHANNEL = {"channelId": 9031, "companyId": 12, "value": "x", "meta": {"page": "1"}, "priority": 1}
SANDBOX.faults.add(
    "GET",
    "/api/v2/apps/41207/channels",
    Answer(200, json.dumps({"_embedded": {"data": [CHANNEL]}})),
    times=None,
)
RUNNING = ExitStack()
atexit.register(RUNNING.close)
CONFIG = Server(RUNNING.enter_context(SANDBOX.serve()), SANDBOX).settings()
CATALOG = TapAppArena(config=CONFIG).catalog_dict


TestTapAppArena = get_tap_test_class(
    TapAppArena,
    config=CONFIG,
    catalog=select_streams(CATALOG, NAMES),
)
