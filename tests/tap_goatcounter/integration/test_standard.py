"""The SDK's own tests, with every stream selected."""

from __future__ import annotations

import atexit
import json
from contextlib import ExitStack

from singer_sdk.testing import SuiteConfig

from singer_tapkit.testing import select_streams
from tap_goatcounter.tap import TapGoatCounter
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.standard import get_tap_test_class
from tests.tap_goatcounter.servers import get_day, make_view

SERVERS = ExitStack()
atexit.register(SERVERS.close)

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def make_standard_tests() -> type:
    """Serve some visits, which the SDK wants to be there when tests are collected."""
    server = GoatCounter(Generation.MAIN, limits=UNLIMITED)
    site = server.add_site()
    campaign = "utm_source=newsletter&utm_campaign=autumn"
    visit = make_view(title="T", location="US-TX", size="1920", user_agent=FIREFOX, query=campaign)
    server.add_hits(site.id, [visit])
    settings = {
        "site_url": SERVERS.enter_context(server.serve()),
        "token": server.add_token(),
        "start_date": f"{get_day(2)}T00:00:00Z",
        "requests_per_second": 1000,
    }
    catalog = json.loads(TapGoatCounter(config=settings).catalog_json_text)
    names = [stream["tap_stream_id"] for stream in catalog["streams"]]
    return get_tap_test_class(
        TapGoatCounter,
        config=settings,
        catalog=select_streams(catalog, names),
        suite_config=SuiteConfig(max_records_limit=50),
    )


TestTapGoatCounter = make_standard_tests()
