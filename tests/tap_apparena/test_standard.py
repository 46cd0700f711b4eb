"""The Singer SDK's own tests of any tap.

They ask for the streams while pytest collects them, so that the server runs from then on.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack

from singer_sdk.testing import SuiteConfig, get_tap_test_class

from tap_apparena.tap import TapAppArena
from tests.sandbox.apparena import AppArena, Quirks
from tests.tap_apparena.places import KEY, NAMES, Place
from tests.tap_apparena.runs import selecting

SERVER = AppArena(quirks=Quirks(audit=True, unknown_fields=True))
SERVER.add_key(KEY, store_owner=True)
RUNNING = ExitStack()
atexit.register(RUNNING.close)
PLACE = Place(RUNNING.enter_context(SERVER.serve()), SERVER)
CONFIG = PLACE.settings()
CATALOG = TapAppArena(config=CONFIG).catalog_dict


TestTapAppArena = get_tap_test_class(
    TapAppArena,
    config=CONFIG,
    catalog=selecting(CATALOG, *NAMES),
    # Channels of apps come without meta, which is among their fields in the documentation.
    suite_config=SuiteConfig(ignore_no_records_for_streams=["app_channels"]),
)
