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


@dataclass(frozen=True)
class Endpoint:
    """One documented endpoint; all of them are read with GET.

    Attributes:
        path: With names in braces for its variable parts; the base URL comes before it.
        entity: The kind of its records.
        container: How its records are wrapped: ``map``, ``array``, ``bare_array``
            or ``language_maps``.
        options: The names of the query options that it knows.
        paged: Whether it answers in pages without being asked to.
        counters: Whether its answer has the four counters: ``yes``, ``optional`` or ``never``.
        record: JSON schema of one record.
    """

    path: str
    entity: str
    container: str
    options: tuple[str, ...]
    paged: bool
    counters: str
    record: Mapping[str, Any]

    @property
    def key_field(self) -> str:
        """The field that identifies a record among its siblings."""
        return KEY_FIELDS[self.entity]

    def select_options(self, query: Mapping[str, str]) -> dict[str, str]:
        """Return the options that the endpoint knows; others do nothing."""
        return {
            name: value
            for name, value in query.items()
            if ("filter.{field}[{op}]" if name.startswith("filter.") else name) in self.options
        }


@cache
def documented() -> tuple[Endpoint, ...]:
    """Return all endpoints."""
    content = json.loads(Path(__file__).with_name("endpoints.json").read_text(encoding="utf-8"))
    return tuple(
        Endpoint(**described, record=content["records"][described["entity"]])
        for described in content["endpoints"]
    )


def find(path: str) -> tuple[Endpoint, Mapping[str, int]] | None:
    """Return the endpoint of a path below the base, and the path's numbers; None if there is none.

    Args:
        path: As sent, with a slash at its start.
    """
    for endpoint in documented():
        found = match(endpoint.path, path)
        if found is not None and all(text.isascii() and text.isdigit() for text in found.values()):
            return endpoint, {name: int(text) for name, text in found.items()}
    return None
