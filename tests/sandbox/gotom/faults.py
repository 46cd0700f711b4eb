"""Faults that goTom's API documentation knows of, to be added to a sandbox's ``faults``."""

from __future__ import annotations

import json

from tests.sandbox.faults import Answer


def build_internal_error() -> Answer:
    """Return the error that endpoints with JSON have documented."""
    content = json.dumps({"message": "Internal Server Error"})
    return Answer(500, content, {"Content-Type": "application/json"})
