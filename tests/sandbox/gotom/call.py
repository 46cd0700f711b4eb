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
    """A request as it arrived."""

    method: str
    path: str
    """As sent, percent-encoding included."""
    query: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query, as sent."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Context:
    """A request that has found its endpoint and may use it."""

    call: Call
    instance: GoTom
    arguments: Mapping[str, str]
    """The variable parts of the path, decoded."""

    @property
    def page(self) -> int:
        """The page asked for; whatever is not a positive number is the first."""
        text = parse_qs(self.call.query).get("page", ["1"])[-1]
        return max(int(text), 1) if text.isascii() and text.isdigit() else 1
