"""Requests as a sandbox has received them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.datastructures import Headers


@dataclass
class ReceivedRequest:
    """One request as it arrived, and the status it was answered with.

    Attributes:
        method: The HTTP method.
        path: The path as sent, percent-encoding included.
        raw_query: The query as sent.
        query: The values of each of its parameters, blank ones included.
        headers: The headers.
        body: The body.
        host: What the header ``Host`` says.
        time: When it came, in seconds of the monotonic clock.
        status: None as long as there is no answer, and for ever after a reset.
    """

    method: str
    path: str
    raw_query: str
    query: dict[str, list[str]]
    headers: Headers
    body: bytes
    host: str
    time: float = field(default_factory=time.monotonic)
    status: int | None = None
