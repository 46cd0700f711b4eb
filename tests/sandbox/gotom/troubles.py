"""Faults that goTom's API documentation knows of, to be added to a sandbox's ``faults``."""

from __future__ import annotations

import json

from tests.sandbox.faults import Answer, html_page


def internal_error() -> Answer:
    """The error that endpoints with JSON have documented."""
    content = json.dumps({"message": "Internal Server Error"})
    return Answer(500, content, {"Content-Type": "application/json"})


def maintenance() -> Answer:
    """What the server in front says on Tuesday evenings."""
    return html_page(503, "503 Service Temporarily Unavailable")
