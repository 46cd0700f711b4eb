"""A tenant of the sandbox, and the settings that read it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from tap_studio_openapi.declarations import DECLARATIONS
from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
        """Return the settings for the first studio alone."""
        return {"base_url": self.url, "api_key": KEYS["kiel"], **LIMITS, **more}

    def both(self, **more: Any) -> dict[str, Any]:
        """Return the settings for both studios."""
        connections = [
            {"name": name, "base_url": self.url, "api_key": key} for name, key in KEYS.items()
        ]
        return {"connections": connections, **LIMITS, **more}

    def set_clock(self, date: datetime | str) -> None:
        """Let the server send a time, or a text in its place, to whoever asks for a studio."""
        text = date if isinstance(date, str) else format_datetime(date, usegmt=True)
        self.server.faults.add("GET", "/v1/studios/information", Dated(text), times=None)

    def path_of(self, stream: str) -> str:
        """Return the path of a stream, with a pattern in place of ids."""
        return re.sub(r"\{[^}]*\}", "*", DECLARATIONS[stream].path.partition("?")[0])

    def received(self, path: str) -> list[ReceivedRequest]:
        """Return the requests for a path that the server has got so far."""
        return [request for request in self.server.requests if request.path == path]


@dataclass(frozen=True)
class Dated:
    """The application's answer, with the time by the server's clock.

    Attributes:
        date: What the header says.
    """

    date: str

    async def __call__(
        self, application: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send the answer with one more header."""

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], (b"date", self.date.encode())]
                message = {**message, "headers": headers}
            await send(message)

        await application(scope, receive, send_dated)


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
