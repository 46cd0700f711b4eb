"""Responses of GoatCounter in the shapes of its documentation, and a client to read them with."""

from __future__ import annotations

import logging
from typing import Any

from tap_goatcounter.client import GoatCounterClient
from tap_goatcounter.config import SiteCredentials

URL = "https://stats.example.com"
API = f"{URL}/api/v0"
SITE = SiteCredentials(URL, "t0ken")
PAGE = {"text": "<html>Gateway</html>", "headers": {"Content-Type": "text/html"}}


def open_client(*credentials: SiteCredentials, slices: int = 1, **config: Any) -> GoatCounterClient:
    """Return a client in a hurry, of one site unless others are given."""
    usual: dict[str, Any] = {
        "requests_per_second": 1000,
        "user_agent": "tests",
        "request_timeout": 5,
        "max_retries": 0,
    }
    logger = logging.getLogger("tests")
    return GoatCounterClient(credentials or (SITE,), {**usual, **config}, logger, slices=slices)


def build_me(permissions: int = 76, timezone: str | None = ".UTC") -> dict[str, Any]:
    """Return the response of ``GET /me``."""
    return {"user": {"settings": {"timezone": timezone}}, "token": {"permissions": permissions}}


def build_site(id_: int = 1, **changed: Any) -> dict[str, Any]:
    """Return a site in the response of ``GET /sites``."""
    return {
        "id": id_,
        "code": f"code{id_}",
        "cname": None,
        "setttings": {"collect": 510},
        "first_hit_at": "2026-01-14T18:20:00Z",
        "created_at": "2026-01-01T00:00:00Z",
        **changed,
    }


def build_visited(path_id: int) -> dict[str, Any]:
    """Return a row of ``GET /stats/hits``."""
    return {
        "path_id": path_id,
        "path": f"/{path_id}",
        "title": "",
        "event": False,
        "count": 0,
        "stats": [],
    }
