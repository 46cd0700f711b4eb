"""The SDK's own tests, against both generations and with every stream that a server can give."""

from __future__ import annotations

import atexit
import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from singer_sdk.testing import SuiteConfig
from typing_extensions import override

from tap_goatcounter.tap import TapGoatCounter
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.standard import get_tap_test_class
from tests.tap_goatcounter.servers import day, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_goatcounter.streams.base import SiteStream

SERVERS = ExitStack()
atexit.register(SERVERS.close)

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class OlderTap(TapGoatCounter):
    """The tap without what servers up to 2.7 cannot give."""

    @override
    def discover_streams(self) -> Sequence[SiteStream]:
        streams = super().discover_streams()
        return [stream for stream in streams if not stream.name.startswith("json_")]


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


def standard_tests(tap: type[TapGoatCounter], generation: Generation) -> type:
    """Give the SDK's tests of a tap whose streams are all selected."""
    settings = settings_for(generation)
    catalog = json.loads(tap(config=settings).catalog_json_text)
    for stream in catalog["streams"]:
        root = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
        root["metadata"]["selected"] = True
    return get_tap_test_class(
        tap,
        config=settings,
        catalog=catalog,
        suite_config=SuiteConfig(max_records_limit=50),
    )


TestOlderServer = standard_tests(OlderTap, Generation.V2_7)
TestNewerServer = standard_tests(TapGoatCounter, Generation.MAIN)
