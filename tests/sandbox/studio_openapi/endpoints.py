"""The endpoints that read, as the API's documentation has them.

The tap makes its schemas of the same file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]
Envelope = Literal["chunk", "array", "object"]

FILE = REPOSITORY / "tap-studio-openapi" / "endpoints.json"


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter of path or query, and what it may hold."""

    name: str
    in_path: bool
    schema: Schema
    """Type, format, default, minimum, maximum, enum and ``maxItems``, where they are documented."""
    required: bool


@dataclass(frozen=True, eq=False)
class Endpoint:
    """One documented endpoint."""

    method: str
    path: str
    """With names in braces for its variable parts."""
    scopes: tuple[str, ...]
    any_scope: bool
    """Whether one of the scopes is enough."""
    parameters: tuple[Parameter, ...]
    body: Schema | None
    """What a POST takes."""
    envelope: Envelope
    answer: Schema
    """JSON schema of a success."""

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def record(self) -> Schema:
        """JSON schema of one record of the answer."""
        schema = self.answer
        if self.envelope == "chunk":
            schema = schema["properties"]["result"]
        return schema if self.envelope == "object" else schema["items"]


@dataclass(frozen=True)
class Match:
    """What a path leads to."""

    methods: Mapping[str, Endpoint]
    """The endpoints there by method; never none."""
    variables: Mapping[str, str]
    """The variable parts, as sent."""


@cache
def documented() -> Mapping[str, Endpoint]:
    """All endpoints by method and path, such as ``GET /v1/customers``."""
    endpoints = (_endpoint(one) for one in json.loads(FILE.read_text(encoding="utf-8")))
    return {endpoint.name: endpoint for endpoint in endpoints}


def find(path: str) -> Match | None:
    """Finds the endpoints of a path; a name of its own goes before a variable part."""
    methods = _descend(_tree(), path.split("/"))
    if methods is None:
        return None
    template = next(iter(methods.values())).path.split("/")
    pairs = zip(template, path.split("/"), strict=True)
    return Match(methods, {name[1:-1]: part for name, part in pairs if name.startswith("{")})


@dataclass
class _Node:
    """Where the paths of endpoints part; the branch ``{}`` is any variable part."""

    branches: dict[str, _Node] = field(default_factory=dict)
    methods: dict[str, Endpoint] = field(default_factory=dict)


@cache
def _tree() -> _Node:
    root = _Node()
    for endpoint in documented().values():
        node = root
        for part in endpoint.path.split("/"):
            node = node.branches.setdefault("{}" if part.startswith("{") else part, _Node())
        node.methods[endpoint.method] = endpoint
    return root


def _descend(node: _Node, parts: list[str]) -> Mapping[str, Endpoint] | None:
    if not parts:
        return node.methods or None
    for branch in (parts[0], "{}") if parts[0] else ("",):
        if branch in node.branches and (found := _descend(node.branches[branch], parts[1:])):
            return found
    return None


def _endpoint(described: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        method=described["method"],
        path=described["path"],
        scopes=tuple(described["scopes"]),
        any_scope=described["scopes_mode"] == "any",
        parameters=tuple(_parameter(parameter) for parameter in described["params"]),
        body=described.get("body"),
        envelope=described["envelope"],
        answer=described["answer"],
    )


def _parameter(described: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=described["name"],
        in_path=described["in"] == "path",
        schema={key: described[key] for key in described.keys() - {"name", "in", "required"}},
        required=described.get("required", False),
    )
