"""A client whose answers a test sets."""

from __future__ import annotations

import logging

from tap_apparena.client import AppArenaClient

URL = "https://apparena.example/api/v2"


def client(max_retries: int = 0) -> AppArenaClient:
    """Return a client without credentials."""
    return AppArenaClient([URL], logger=logging.getLogger("quiet"), max_retries=max_retries)
