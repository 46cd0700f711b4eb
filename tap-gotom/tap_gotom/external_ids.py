"""External ids: what client systems call campaigns and flights, in any spelling they like.

Source: goTom's API documentation, page about good and bad external IDs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DOTS = {".", ".."}


def encoded(external_id: str) -> str:
    """Encode an id completely for its place in a path."""
    return quote(external_id, safe="")


def is_reachable(external_id: str) -> bool:
    """Tell whether a path can lead to an id.

    Servers take an encoded slash for one that separates, and HTTP libraries resolve dots.
    """
    return "/" not in external_id and external_id not in DOTS


def distinct(external_ids: Iterable[str]) -> Iterator[str]:
    """Give each id once, in its first spelling; goTom ignores case. Empty ids are none."""
    seen: set[str] = set()
    for external_id in external_ids:
        folded = external_id.casefold()
        if external_id.strip() and folded not in seen:
            seen.add(folded)
            yield external_id
