"""What a killed run needs to know to go on where it was."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tap_apparena.passing import Place

if TYPE_CHECKING:
    from collections.abc import MutableMapping

KEY = "tap_apparena_resume"
FRESH = timedelta(hours=24)


def place_in(state: MutableMapping[str, Any], order: str, digest: str) -> Place | None:
    """Give the place where an earlier run was interrupted.

    Args:
        state: The state of a stream.
        order: The option that rows are ordered by now.
        digest: That of all settings that records depend on now.

    Returns:
        The place; None if there is none, or it is too old, or other settings hold now.
    """
    kept: Any = state.get(KEY)
    try:
        is_fresh = datetime.now(UTC) - datetime.fromisoformat(kept["written_at"]) < FRESH
        if not is_fresh or (kept["order"], kept["digest"]) != (order, digest):
            return None
        place = Place(**{name: int(kept[name]) for name in ("page", "page_size", "last_id")})
    except (KeyError, TypeError, ValueError):
        return None
    return place if place.page > 0 else None


def keep(state: MutableMapping[str, Any], place: Place, order: str, digest: str) -> None:
    """Keep a place in the state of a stream, with what `place_in` compares."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    state[KEY] = {**asdict(place), "order": order, "digest": digest, "written_at": now}


def drop(state: MutableMapping[str, Any]) -> None:
    """Forget the place, as everything behind it has been read."""
    state.pop(KEY, None)
