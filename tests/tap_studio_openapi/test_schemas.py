"""The schema files are what the description of the endpoints makes of them."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ENDPOINTS = REPOSITORY / "tap-studio-openapi" / "endpoints.json"
TAP = REPOSITORY / "tap-studio-openapi"


def test_schema_files_are_up_to_date(tmp_path: Path) -> None:
    make = runpy.run_path(str(TAP / "make_schemas.py"))

    make["main"](ENDPOINTS, tmp_path)

    shipped = {
        path.name: json.loads(path.read_text())
        for path in (TAP / "tap_studio_openapi" / "schemas").iterdir()
    }
    assert {path.name: json.loads(path.read_text()) for path in tmp_path.iterdir()} == shipped
