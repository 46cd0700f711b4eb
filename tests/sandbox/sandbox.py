"""What the sandboxes of all services have in common, as tests see them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.sandbox import server
from tests.sandbox.faults import Faults
from tests.sandbox.traffic import ReceivedRequest, Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class Sandbox:
    """A server with what a test puts in. Everything may be changed while it serves.

    Attributes:
        requests: What was received, in order.
        faults: What goes wrong on demand.
    """

    def __init__(self, application: ASGIApp) -> None:
        """Stand before an application."""
        self._application = application
        self.requests: list[ReceivedRequest] = []
        self.faults = Faults()

    @property
    def base_path(self) -> str:
        """What comes after the host in the URL that a tap is given."""
        return ""

    @contextlib.contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve until the block is left.

        Yields:
            The URL that a tap is given.
        """
        application = Traffic(self._application, self.requests, self.faults)
        with server.serve(application, port) as url:
            yield url + self.base_path
