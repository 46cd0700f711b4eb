"""The endpoints that the tap reads, as ``endpoints.json`` has them from goTom's documentation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.sandbox.paths import match

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Endpoint:
    """One documented endpoint; all of them are read with GET."""

    path: str
    """With names in braces for its variable parts."""
    numbers: frozenset[str]
    """The variable parts that are whole numbers."""
    answer: Mapping[str, Any]
    """JSON schema of a success."""

    def arguments(self, path: str) -> dict[str, str] | None:
        """The variable parts of a path; None if the endpoint has another one.

        An encoded slash divides like any other, as the server decodes before it compares.
        """
        found = match(self.path, unquote(path))
        if found is None or not all(_is_number(found[name]) for name in self.numbers):
            return None
        return found


@cache
def documented() -> tuple[Endpoint, ...]:
    """All endpoints."""
    text = Path(__file__).with_name("endpoints.json").read_text(encoding="utf-8")
    return tuple(_endpoint(described) for described in json.loads(text))


def _endpoint(described: Mapping[str, Any]) -> Endpoint:
    variable = (parameter for parameter in described["params"] if parameter["in"] == "path")
    numbers = (parameter["name"] for parameter in variable if parameter["type"] == "integer")
    answer = described["response"]["json_schema"]
    return Endpoint(described["path"], frozenset(numbers), answer)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
