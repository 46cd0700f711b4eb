"""Schemas and conformers for tests."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from singer_tapkit.conformer import Conformer, compile_conformer

if TYPE_CHECKING:
    import pytest

TEXT = {"type": ["string", "null"]}
INTEGER = {"type": ["integer", "null"]}
NUMBER = {"type": ["number", "null"]}
BOOLEAN = {"type": ["boolean", "null"]}
DATE = {"type": ["string", "null"], "format": "date"}
DATE_TIME = {"type": ["string", "null"], "format": "date-time"}
LOGGER = logging.getLogger("tests.records")


def make_object(**properties: Any) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties}


def make_list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items}


def make_conformer(properties: dict[str, Any], **options: Any) -> Conformer:
    schema = {"type": "object", "properties": properties}
    return compile_conformer(schema, stream_name="customers", logger=LOGGER, **options)


def convert(schema: dict[str, Any], value: object) -> Any:
    return make_conformer({"field": schema})({"field": value})["field"]


def read_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]
