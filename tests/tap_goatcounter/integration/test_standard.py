"""The SDK's own tests, with every stream selected."""

from __future__ import annotations

import atexit
import json
from contextlib import ExitStack
from typing import Any

from singer_sdk.testing import SuiteConfig

from tap_goatcounter.tap import TapGoatCounter
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.standard import get_tap_test_class
from tests.tap_goatcounter.servers import day, view

SERVERS = ExitStack()
atexit.register(SERVERS.close)

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def settings_for(generation: Generation) -> dict[str, Any]:
    """Serve some visits, which the SDK wants to be there when tests are collected."""
    server = GoatCounter(generation, limits=UNLIMITED)
    site = server.add_site()
    token = server.add_token()
    server.add_hits(
        site.id,
        [
            view(
                f"/{number}",
                session=str(number),
                title="Title",
                location="US-TX",
                size="1920",
                user_agent=FIREFOX,
                query="utm_source=newsletter&utm_campaign=autumn",
            )
            for number in range(3)
        ],
    )
    return {
        "site_url": SERVERS.enter_context(server.serve()),
        "token": token,
        "start_date": f"{day(2)}T00:00:00Z",
        "requests_per_second": 1000,
    }


def standard_tests() -> type:
    """Give the SDK's tests of the tap."""
    settings = settings_for(Generation.MAIN)
    catalog = json.loads(TapGoatCounter(config=settings).catalog_json_text)
    for stream in catalog["streams"]:
        root = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
        root["metadata"]["selected"] = True
    return get_tap_test_class(
        TapGoatCounter,
        config=settings,
        catalog=catalog,
        suite_config=SuiteConfig(max_records_limit=50),
    )


TestTapGoatCounter = standard_tests()
