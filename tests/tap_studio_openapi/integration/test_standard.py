"""The Singer SDK's own tests of any tap.

They ask for the streams while pytest collects them, so that the server runs from then on.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack

from singer_sdk.testing import get_tap_test_class

from singer_tapkit.testing import select_streams
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.sandbox.studio_openapi import StudioOpenApi, demonstration
from tests.tap_studio_openapi.tenant import KEYS

SERVER = StudioOpenApi(version="1.16.0")
SERVER.add_studio(KEYS["kiel"], customers=6)
RUNNING = ExitStack()
atexit.register(RUNNING.close)

CONFIG = {
    "base_url": RUNNING.enter_context(SERVER.serve()),
    "api_key": KEYS["kiel"],
    "debt_collection_run_ids": list(demonstration.DEBT_COLLECTION_RUNS),
}
CATALOG = TapStudioOpenApi(config=CONFIG).catalog_dict
NAMES = [stream["tap_stream_id"] for stream in CATALOG["streams"]]

TestTapStudioOpenApi = get_tap_test_class(
    TapStudioOpenApi,
    config=CONFIG,
    catalog=select_streams(CATALOG, NAMES),
    include_stream_attribute_tests=False,  # those of records hold each field against its schema
)
