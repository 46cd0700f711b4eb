"""Where a long list was, for a run that takes it up again after the one before was killed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

KEPT_AS = "resume_point"
LONGEST_AGE = timedelta(hours=6)


@dataclass(frozen=True)
class Place:
    """A place in the customers of a studio.

    Attributes:
        status: Which status is being read.
        offset: Where to go on, as the server said; None at the beginning.
    """

    status: str
    offset: str | None = None


@dataclass(frozen=True)
class ResumePoint:
    """A place up to which everything was written, and since when.

    Attributes:
        place: The place.
        begun: When the first of the runs began that have read up to there.
    """

    place: Place
    begun: datetime


def digest(settings: Any) -> str:
    """Tell by a short text whether settings are the same as those of another run."""
    canonical = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def note(state: MutableMapping[str, Any], point: ResumePoint, settings: str) -> None:
    """Put a resume point into the state of a studio."""
    state[KEPT_AS] = {
        "status": point.place.status,
        "offset": point.place.offset,
        "begun": point.begun.isoformat(),
        "written": datetime.now(UTC).isoformat(),
        "settings": settings,
    }


def found(state: MutableMapping[str, Any], settings: str) -> ResumePoint | None:
    """Give the resume point in a state; None if there is none that is of use.

    Args:
        state: The state of a studio.
        settings: The digest of the present settings.
    """
    try:
        kept = state[KEPT_AS]
        age = datetime.now(UTC) - datetime.fromisoformat(kept["written"])
        point = ResumePoint(
            Place(str(kept["status"]), kept["offset"]), datetime.fromisoformat(kept["begun"])
        )
        is_of_use = kept["settings"] == settings and timedelta() <= age < LONGEST_AGE
    except (KeyError, TypeError, ValueError):
        return None
    return point if is_of_use else None


def drop(state: MutableMapping[str, Any]) -> None:
    """Remove a resume point from a state, if there is one."""
    state.pop(KEPT_AS, None)
