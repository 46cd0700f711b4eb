"""What all parts of the server share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.accounts import Accounts
from tests.sandbox.goatcounter.exports import NextExport
from tests.sandbox.goatcounter.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.sandbox.goatcounter.exports import Export
    from tests.sandbox.goatcounter.generation import Generation
    from tests.sandbox.goatcounter.limits import RateLimiter


@dataclass
class ServerState:
    """Configuration and contents of one server."""

    generation: Generation
    limiter: RateLimiter
    base_path: str
    now: Callable[[], datetime]
    version: str
    api_max: int | None
    query_days_limit: int | None
    first_export_id: int
    accounts: Accounts = field(default_factory=Accounts)
    store: Store = field(default_factory=Store)
    exports: list[Export] = field(default_factory=list)
    next_export: NextExport = field(default_factory=NextExport)
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while a request is answered, and while a test changes something."""

    def cap(self, default: int) -> int:
        """Return the largest page that an endpoint gives."""
        return default if self.api_max is None else self.api_max
