"""The Singer SDK's own tests of any tap.

They ask for the streams while pytest collects them, so that the server runs from then on.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack

from singer_tapkit.testing import select_streams
from tap_gotom.tap import TapGoTom
from tests.standard import get_tap_test_class
from tests.tap_gotom.servers import define_report, serve

RUNNING = ExitStack()
atexit.register(RUNNING.close)
PLACE = RUNNING.enter_context(serve())
PLACE.save(("Id", "Tag", "Umsatz"), ("1", "2026-01-01", "1.5"), ("2", "2026-01-02", "2.5"))
COLUMNS = {"Id": "integer", "Tag": "date", "Umsatz": "number"}

CONFIG = PLACE.configure_all(
    define_report(columns=COLUMNS, primary_keys=["Id"]),
    define_report("without_key", columns=COLUMNS),
    campaign_external_ids=["demo-4711"],
)
CATALOG = TapGoTom(config=CONFIG).catalog_dict
NAMES = [stream["tap_stream_id"] for stream in CATALOG["streams"]]

TestTapGoTom = get_tap_test_class(TapGoTom, config=CONFIG, catalog=select_streams(CATALOG, NAMES))
