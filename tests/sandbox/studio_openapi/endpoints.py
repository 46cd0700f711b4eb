"""The endpoints that read, as the API's documentation has them.

The tap makes its schemas of the same file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from tests.meltano import REPOSITORY
from tests.sandbox.paths import match

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]
Envelope = Literal["chunk", "array", "object"]

FILE = REPOSITORY / "tap-studio-openapi" / "endpoints.json"


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter of path or query, and what it may hold."""

    name: str
    schema: Schema
    """Type, format, default, minimum, maximum and enum, where they are documented."""
    required: bool


@dataclass(frozen=True, eq=False)
class Endpoint:
    """One documented endpoint."""

    path: str
    """With names in braces for its variable parts."""
    scopes: tuple[str, ...]
    any_scope: bool
    """Whether one of the scopes is enough."""
    parameters: tuple[Parameter, ...]
    envelope: Envelope
    answer: Schema
    """JSON schema of a success."""

    @property
    def name(self) -> str:
        """Method and path."""
        return f"GET {self.path}"

    @property
    def record(self) -> Schema:
        """JSON schema of one record of the answer."""
        schema = self.answer
        if self.envelope == "chunk":
            schema = schema["properties"]["result"]
        return schema if self.envelope == "object" else schema["items"]


@cache
def load_endpoints() -> Mapping[str, Endpoint]:
    """Return the endpoints with GET, by method and path, such as ``GET /v1/customers``."""
    described = json.loads(FILE.read_text(encoding="utf-8"))
    endpoints = (_endpoint(one) for one in described if one["method"] == "GET")
    return {endpoint.name: endpoint for endpoint in endpoints}


def find(path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """Find the endpoint of a path, and the variable parts by their names.

    A name of its own goes before a variable part.
    """
    for endpoint in _by_length().get(path.count("/"), ()):
        variables = match(endpoint.path, path)
        if variables is not None:
            return endpoint, variables
    return None


@cache
def _by_length() -> Mapping[int, list[Endpoint]]:
    """Return endpoints by the number of slashes in their paths, names before variables."""
    found: dict[int, list[Endpoint]] = {}
    for endpoint in load_endpoints().values():
        found.setdefault(endpoint.path.count("/"), []).append(endpoint)
    for group in found.values():
        group.sort(key=lambda one: [name.startswith("{") for name in one.path.split("/")])
    return found


def _endpoint(described: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        path=described["path"],
        scopes=tuple(described["scopes"]),
        any_scope=described["scopes_mode"] == "any",
        parameters=tuple(_parameter(parameter) for parameter in described["params"]),
        envelope=described["envelope"],
        answer=described["answer"],
    )


def _parameter(described: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=described["name"],
        schema={key: described[key] for key in described.keys() - {"name", "in", "required"}},
        required=described.get("required", False),
    )
