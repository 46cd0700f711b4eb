"""What all parts of the server share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tests.sandbox.gotom.data import Data
    from tests.sandbox.gotom.reports import Kind, Report
    from tests.sandbox.gotom.users import User


@dataclass
class Instance:
    """Configuration and contents of one server."""

    now: Callable[[], datetime]
    timezone: ZoneInfo
    page_size: int
    data: Data
    advertised_url: str | None = None
    """Base of the URLs in answers; None is what the request was sent to."""
    marketer_network: bool = True
    """Whether the module that sublines belong to is there."""
    users: dict[str, User] = field(default_factory=dict)
    reports: dict[tuple[Kind, int], Report] = field(default_factory=dict)
