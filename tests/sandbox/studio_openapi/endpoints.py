"""The endpoints that read, as the API's documentation has them.

The tap makes its schemas of the same file.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tests.meltano import REPOSITORY
from tests.sandbox.paths import match
from tests.sandbox.studio_openapi import problems

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]

FILE = REPOSITORY / "tap-studio-openapi" / "endpoints.json"


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of path or query, and what it may hold.

    Attributes:
        enum_since: Further values, with the versions that brought them.
    """

    name: str
    type: str
    format: str = ""
    required: bool = False
    default: Any = None
    minimum: int | None = None
    maximum: int | None = None
    enum: list[str] = []
    enum_since: dict[str, str] = {}

    def read(self, text: str | None, version: str) -> Any:
        """Return the value that was sent, or else the default or None. Lists are ignored.

        Raises:
            ProblemError: It is missing or not allowed.
        """
        if self.type == "array" or (text is None and not self.required):
            return self.default
        newer = [value for value, since in self.enum_since.items() if is_at_least(version, since)]
        if text is None or (self.enum and text not in [*self.enum, *newer]):
            raise problems.invalid(self.name)
        try:
            if self.format == "date":
                return date.fromisoformat(text)
            return self._check_size(int(text)) if self.type == "integer" else text
        except ValueError:
            raise problems.invalid(self.name) from None

    def _check_size(self, number: int) -> int:
        if self.maximum is not None and number > self.maximum:
            raise problems.invalid(self.name, problems.TOO_LARGE)
        if self.minimum is not None and number < self.minimum:
            raise problems.invalid(self.name)
        return number


class Endpoint(msgspec.Struct, frozen=True):
    """One documented endpoint.

    Attributes:
        path: With names in braces for its variable parts.
        scopes: What a key needs.
        scopes_mode: Whether it needs all of them or one.
        params: Its parameters.
        envelope: What a success consists of.
        answer: JSON schema of a success.
        since: The version that brought it, if not every version worth testing has it.
    """

    method: str
    path: str
    scopes: list[str]
    scopes_mode: Literal["all", "any"]
    params: list[Parameter]
    envelope: Literal["chunk", "array", "object"]
    answer: Schema
    since: str = "0"

    @property
    def record(self) -> Schema:
        """JSON schema of one record of the answer."""
        schema = self.answer
        if self.envelope == "chunk":
            schema = schema["properties"]["result"]
        return schema if self.envelope == "object" else schema["items"]

    def allows(self, granted: frozenset[str] | None) -> bool:
        """Return whether scopes are enough; None are all."""
        enough = any if self.scopes_mode == "any" else all
        return granted is None or enough(scope in granted for scope in self.scopes)

    def read_arguments(self, given: Mapping[str, str], version: str) -> dict[str, Any]:
        """Return a value for each parameter; others are ignored, as the API does."""
        return {one.name: one.read(given.get(one.name), version) for one in self.params}


@cache
def load_endpoints() -> Mapping[str, Endpoint]:
    """Return the endpoints with GET, by path."""
    endpoints = msgspec.json.decode(FILE.read_bytes(), type=list[Endpoint])
    return {one.path: one for one in endpoints if one.method == "GET"}


def find(path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """Find the endpoint of a path, and the variable parts by their names.

    A name of its own goes before a variable part.
    """
    for endpoint in _by_length()[path.count("/")]:
        variables = match(endpoint.path, path)
        if variables is not None:
            return endpoint, variables
    return None


@cache
def _by_length() -> Mapping[int, list[Endpoint]]:
    """Return endpoints by the number of slashes in their paths, names before variables."""
    found = defaultdict(list)
    for endpoint in sorted(load_endpoints().values(), key=lambda one: one.path.count("{")):
        found[endpoint.path.count("/")].append(endpoint)
    return found


@cache
def is_at_least(version: str, other: str) -> bool:
    """Return whether a version such as ``1.6.0`` is another one or newer."""
    numbers = [[int(part) for part in text.split(".")] for text in (version, other)]
    return numbers[0] >= numbers[1]
