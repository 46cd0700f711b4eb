"""The table of streams says what the description of the endpoints says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tap_studio_openapi.declarations import DECLARATIONS

ENDPOINTS = Path(__file__).parents[2] / "tap-studio-openapi" / "endpoints.json"


def template_of(path: str) -> str:
    """Return a path without its query and without the names of its variables."""
    return re.sub(r"\{[^}]*\}", "{}", path.partition("?")[0])


def test_streams_name_the_scopes_of_their_endpoints() -> None:
    scopes = {
        template_of(entry["path"]): entry["scopes"]
        for entry in json.loads(ENDPOINTS.read_bytes())
        if entry["method"] == "GET"
    }
    for stream, declaration in DECLARATIONS.items():
        assert list(declaration.scopes) == scopes[template_of(declaration.path)], stream
