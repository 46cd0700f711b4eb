"""A server that answers like the Open API of fitness studios, for a tenant with several of them."""

from __future__ import annotations

from tests.sandbox.studio_openapi import demonstration, quirks
from tests.sandbox.studio_openapi.chunks import Mode
from tests.sandbox.studio_openapi.limits import Limit
from tests.sandbox.studio_openapi.studio import Studio
from tests.sandbox.studio_openapi.studio_open_api import NEWEST_DESCRIBED, StudioOpenApi

__all__ = [
    "NEWEST_DESCRIBED",
    "Limit",
    "Mode",
    "Studio",
    "StudioOpenApi",
    "demonstration",
    "quirks",
]
