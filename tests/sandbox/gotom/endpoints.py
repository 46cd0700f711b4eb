"""The endpoints that the tap reads, as ``endpoints.json`` has them from goTom's documentation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.sandbox import paths

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Endpoint:
    """One documented endpoint; all of them are read with GET.

    Attributes:
        path: With names in braces for its variable parts.
        numbers: The variable parts that are whole numbers.
        response: The JSON schema of a success.
    """

    path: str
    numbers: frozenset[str]
    response: Mapping[str, Any]

    def match(self, path: str) -> dict[str, str] | None:
        """Return the variable parts of a path; None if the endpoint has another one.

        An encoded slash divides like any other, as the server decodes before it compares.
        """
        found = paths.match(self.path, unquote(path))
        if found is None or not all(found[name].isdecimal() for name in self.numbers):
            return None
        return found


@cache
def read_documented() -> tuple[Endpoint, ...]:
    """Return all endpoints."""
    text = Path(__file__).with_name("endpoints.json").read_text(encoding="utf-8")
    return tuple(_parse_endpoint(described) for described in json.loads(text))


def _parse_endpoint(described: Mapping[str, Any]) -> Endpoint:
    variable = (parameter for parameter in described["params"] if parameter["in"] == "path")
    numbers = (parameter["name"] for parameter in variable if parameter["type"] == "integer")
    response = described["response"]["json_schema"]
    return Endpoint(described["path"], frozenset(numbers), response)
