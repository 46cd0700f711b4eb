"""A tenant of the sandbox, and the settings that read it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_studio_openapi.streams import STREAMS
from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi import Studio
    from tests.sandbox.traffic import ReceivedRequest

KEYS = {"kiel": "kiel-key-sentinel", "lübeck": "luebeck-key-sentinel"}
"""Keys by the names of connections."""
LIMITS = {"max_retries": 1, "max_concurrency": 4}


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

    def one(self, **more: Any) -> dict[str, Any]:
        """The settings for the first studio alone."""
        return {"base_url": self.url, "api_key": KEYS["kiel"], **LIMITS, **more}

    def both(self, **more: Any) -> dict[str, Any]:
        """The settings for both studios."""
        connections = [
            {"name": name, "base_url": self.url, "api_key": key} for name, key in KEYS.items()
        ]
        return {"connections": connections, **LIMITS, **more}

    def path_of(self, stream: str) -> str:
        """The path of a stream, with a pattern in place of ids."""
        found = next(one.path for one in STREAMS if vars(one)["name"] == stream)
        return re.sub(r"\{[^}]*\}", "*", found)

    def received(self, path: str) -> list[ReceivedRequest]:
        """The requests for a path that the server has got so far."""
        return [request for request in self.server.requests if request.path == path]


def make_tenant(*, customers: int = 12) -> StudioOpenApi:
    """A tenant with a studio per key."""
    tenant = StudioOpenApi(version="1.12.1")
    for name, key in KEYS.items():
        tenant.add_studio(key, name, customers=customers)
    return tenant


def ids(records: list[dict[str, Any]], studio: Studio, name: str = "id") -> list[Any]:
    """The ids of a studio's records, in order."""
    return [record[name] for record in records if record["studio_id"] == studio.id]


def refusal(status: int, code: str = "errormessage.refused", **headers: str) -> Answer:
    """Return an answer by which the API itself refuses."""
    body = {"errorMessage": "This is refused", "errorCode": code}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(body), names)
