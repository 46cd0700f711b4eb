"""One request on its way through the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.gotom.go_tom import GoTom


@dataclass(frozen=True)
class Call:
    """A request as it arrived.

    Attributes:
        method: The HTTP method.
        path: As sent, percent-encoding included.
        query: As sent.
        headers: By name in lower case.
        body: As sent.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """Path and query, as sent."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Context:
    """A request that has found its endpoint and may use it.

    Attributes:
        call: The request.
        instance: What it asks.
        arguments: The variable parts of the path, decoded.
    """

    call: Call
    instance: GoTom
    arguments: Mapping[str, str]

    @property
    def page(self) -> int:
        """The page that is asked for."""
        return int(parse_qs(self.call.query).get("page", ["1"])[-1])
