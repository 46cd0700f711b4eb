"""The lists that App-Arena documents, as ``endpoints.json`` has them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.sandbox.paths import match

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_FIELDS: Mapping[str, str] = {
    "app": "appId",
    "channel": "channelId",
    "company": "companyId",
    "config": "configId",
    "info": "infoId",
    "language": "lang",
    "project": "projectId",
    "template": "templateId",
    "translation": "translationId",
    "user": "userId",
    "version": "variant",
}
"""The field by which maps of a kind of record are keyed."""

FILTER = "filter.{field}[{op}]"
"""How the list of options speaks of all filters."""


@dataclass(frozen=True)
class Endpoint:
    """One documented endpoint; all of them are read with GET."""

    path: str
    """With names in braces for its variable parts; the base URL comes before it."""
    entity: str
    """The kind of its records."""
    container: str
    """How its records are wrapped: ``map``, ``flat``, ``array`` and so on."""
    options: frozenset[str]
    """The names of the query options that it knows."""
    relations: frozenset[str]
    """What may be asked for with ``rel``."""
    paged: bool
    """Whether it answers in pages without being asked to."""
    counts: bool
    """Whether its answer has the four counters."""
    record: Mapping[str, Any]
    """JSON schema of one record."""

    @property
    def key_field(self) -> str:
        """The field that identifies a record among its siblings."""
        return KEY_FIELDS[self.entity]


@cache
def documented() -> tuple[Endpoint, ...]:
    """All endpoints."""
    text = Path(__file__).with_name("endpoints.json").read_text(encoding="utf-8")
    content = json.loads(text)
    return tuple(_endpoint(one, content["records"]) for one in content["endpoints"])


def find(path: str) -> tuple[Endpoint, Mapping[str, int]] | None:
    """Return the endpoint of a path below the base, and the path's variable parts.

    Args:
        path: As sent, with a slash at its start.

    Returns:
        None if no endpoint has such a path, in which all variable parts are numbers.
    """
    for endpoint in documented():
        found = match(endpoint.path, path)
        if found is not None and all(text.isascii() and text.isdigit() for text in found.values()):
            return endpoint, {name: int(text) for name, text in found.items()}
    return None


def _endpoint(described: Mapping[str, Any], records: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        path=described["path"],
        entity=described["entity"],
        container=described["container"],
        options=frozenset(described["options"]),
        relations=frozenset(described["relations"]),
        paged=described["paged"],
        counts=described["counters"] != "never",
        record=records[described["entity"]],
    )
