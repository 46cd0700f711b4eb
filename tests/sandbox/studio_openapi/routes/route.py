"""What answers the requests of one endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.studio_openapi.call import Call

Route = Callable[[Call], Any]
"""Gives the content of the answer, by the envelope of the endpoint."""
