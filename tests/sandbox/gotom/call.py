"""An instance, and one request on its way through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tests.sandbox.gotom.data import Data
    from tests.sandbox.gotom.reports import Kind, Report
    from tests.sandbox.gotom.users import User


@dataclass
class Instance:
    """Configuration and contents of one server."""

    now: Callable[[], datetime]
    page_size: int
    data: Data
    advertised_url: str | None = None
    """Base of the URLs in answers; None is what the request was sent to."""
    marketer_network: bool = True
    """Whether the module that sublines belong to is there."""
    users: dict[str, User] = field(default_factory=dict)
    reports: dict[tuple[Kind, int], Report] = field(default_factory=dict)


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
    instance: Instance
    arguments: Mapping[str, str]
    """The variable parts of the path, decoded."""

    @property
    def page(self) -> int:
        """The page asked for; whatever is not a positive number is the first."""
        text = parse_qs(self.call.query).get("page", ["1"])[-1]
        return max(int(text), 1) if text.isascii() and text.isdigit() else 1
