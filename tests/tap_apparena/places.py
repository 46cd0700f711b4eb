"""A sandbox's App-Arena, and how the tap is set to read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_apparena.streams import STREAMS

if TYPE_CHECKING:
    from tests.sandbox.apparena import AppArena
    from tests.sandbox.traffic import ReceivedRequest

KEY = "api-key-sentinel"
NAMES = sorted(vars(stream)["name"] for stream in STREAMS)


@dataclass(frozen=True)
class Place:
    """A server that `KEY` may read.

    Attributes:
        url: The base of its API.
        server: A view behind the scenes.
    """

    url: str
    server: AppArena = field(repr=False)

    def settings(self, **more: Any) -> dict[str, Any]:
        """The settings to read it, by the key unless there is a token."""
        return {
            "api_url": self.url,
            **({} if "jwt" in more else {"api_key": KEY}),
            "request_timeout": 20,
            "max_retries": 1,
            **more,
        }

    def received(self, path: str) -> list[ReceivedRequest]:
        """The requests for a path below the base that the server has got so far."""
        return [request for request in self.server.requests if request.path == f"/api/v2{path}"]

    def pages(self, path: str) -> list[int]:
        """The pages of a list that the server was asked for, in order."""
        return [int(request.query["page"][-1]) for request in self.received(path)]
