"""A tenant of the sandbox, the settings that read it, and the tap in this process."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import TapRun, run_tap
from tap_studio_openapi.declarations import DECLARATIONS
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tests.sandbox.studio_openapi import Studio
    from tests.sandbox.traffic import ReceivedRequest

KEYS = {"kiel": "kiel-key-sentinel", "lübeck": "luebeck-key-sentinel"}
"""Keys by the names of connections."""
LIMITS = {"max_retries": 1, "max_concurrency": 4}


@cache
def discover(**settings: Any) -> dict[str, dict[str, Any]]:
    """Return the entries of the catalog, by stream."""
    catalog = TapStudioOpenApi(config=settings, validate_config=False).catalog_dict
    return {entry["tap_stream_id"]: entry for entry in catalog["streams"]}


def full_catalog(streams: Iterable[str]) -> dict[str, Any]:
    """Return a catalog of streams and their parents with all fields.

    The settings of a run decide which fields come out.
    """
    entries = discover(include_expiring_urls=True, unknown_fields="keep")
    parents = ("customers", "customer_contracts", "bookable_appointments", "membership_offers")
    return {"streams": [entries[stream] for stream in {*streams, *parents}]}


def run(settings: Mapping[str, Any], *streams: str, **given: Any) -> TapRun:
    """Run the tap with these streams selected, by a catalog and a state if they are given."""
    catalog = given.pop("catalog", None) or (full_catalog(streams) if streams else None)
    return run_tap(TapStudioOpenApi, settings, catalog=catalog, select=streams, **given)


def succeed(settings: Mapping[str, Any], *streams: str, **given: Any) -> TapRun:
    """Run the tap, which must not fail."""
    result = run(settings, *streams, **given)
    assert result.exit_code == 0, result.error
    return result


def fail(settings: Mapping[str, Any], *streams: str, **given: Any) -> TapRun:
    """Run the tap, which must fail."""
    result = run(settings, *streams, **given)
    assert result.exit_code != 0
    return result


@dataclass(frozen=True)
class Reader:
    """Settings that read some studios.

    Attributes:
        connection: Those of the connections.
    """

    connection: Mapping[str, Any]

    def __call__(self, **more: Any) -> dict[str, Any]:
        """Return the settings, with more."""
        return {**self.connection, **LIMITS, **more}

    def succeed(self, *streams: str, state: Any = None, catalog: Any = None, **more: Any) -> TapRun:
        """Run the tap by them, which must not fail."""
        return succeed(self(**more), *streams, state=state, catalog=catalog)

    def fail(self, *streams: str, state: Any = None, **more: Any) -> TapRun:
        """Run the tap by them, which must fail."""
        return fail(self(**more), *streams, state=state)


@dataclass(frozen=True)
class Tenant:
    """A tenant with a studio per key.

    Attributes:
        url: Where it is.
        server: A view behind the scenes.
    """

    url: str
    server: StudioOpenApi = field(repr=False)

    @property
    def kiel(self) -> Studio:
        """The first studio."""
        return self.server.studios[0]

    @property
    def luebeck(self) -> Studio:
        """The second studio."""
        return self.server.studios[1]

    @property
    def one(self) -> Reader:
        """What reads the first studio alone."""
        return Reader({"base_url": self.url, "api_key": KEYS["kiel"]})

    @property
    def both(self) -> Reader:
        """What reads both studios."""
        connections = [
            {"name": name, "base_url": self.url, "api_key": key} for name, key in KEYS.items()
        ]
        return Reader({"connections": connections})

    def set_clock(self, date: datetime) -> None:
        """Let the server send a time with its answers."""
        self.server.date_header = format_datetime(date, usegmt=True)

    def path_of(self, stream: str) -> str:
        """Return the path of a stream, with a pattern in place of ids."""
        return re.sub(r"\{[^}]*\}", "*", DECLARATIONS[stream].path.partition("?")[0])

    def received(self, path: str) -> list[ReceivedRequest]:
        """Return the requests for a path that the server has got so far."""
        return [request for request in self.server.requests if request.path == path]


def make_tenant() -> StudioOpenApi:
    """Return a tenant with a studio per key."""
    tenant = StudioOpenApi(version="1.12.1")
    for name, key in KEYS.items():
        tenant.add_studio(key, name, customers=12)
    return tenant


def ids_of(records: list[dict[str, Any]], studio: Studio, name: str = "id") -> list[Any]:
    """Return the ids of a studio's records, in order."""
    return [record[name] for record in records if record["studio_id"] == studio.id]


def refuse(status: int, code: str = "errormessage.refused") -> Answer:
    """Return a response by which the API itself refuses."""
    return Answer(status, json.dumps({"errorMessage": "This is refused", "errorCode": code}))
