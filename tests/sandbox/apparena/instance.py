"""What all parts of the server share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.apparena.data import Data
    from tests.sandbox.apparena.endpoints import Endpoint
    from tests.sandbox.apparena.keys import Key
    from tests.sandbox.apparena.options import Options
    from tests.sandbox.apparena.quirks import Quirks


@dataclass
class Instance:
    """Behaviour and contents of one server."""

    data: Data
    quirks: Quirks
    latency: float
    """Seconds until a request is looked at."""
    keys: dict[str, Key] = field(default_factory=dict)
    answered: int = 0
    """Requests that have reached their endpoint."""


@dataclass(frozen=True)
class Call:
    """A request that has found its endpoint and may use it."""

    endpoint: Endpoint
    arguments: Mapping[str, Any]
    """The variable parts of the path."""
    path: str
    """Below the base, with a slash at its start."""
    query: str
    options: Options
    key: Key
    instance: Instance
    links_base: str
    """What links start with, with a slash at its end."""

    @property
    def data(self) -> Data:
        """What the server holds."""
        return self.instance.data

    @property
    def quirks(self) -> Quirks:
        """How the server behaves."""
        return self.instance.quirks
