"""Which generation of GoatCounter answers, found out without spending the hourly export.

Two generations matter: the releases up to 2.7, and the builds after it, which hosted sites run.
Source: GoatCounter's changelog and the API documentation of both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LAST_RELEASE_OF_THE_OLDER = (2, 7)
FORMAT_ARRIVED = date(2026, 4, 25)
HOURLY_LIMIT_ARRIVED = date(2026, 7, 12)

RELEASE = re.compile(r"v(\d+)\.(\d+)")
BUILD = re.compile(r"[0-9a-f]{12}_(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Server:
    """What a server can do that an older or newer one cannot.

    Attributes:
        takes_format: ``POST /export`` needs the field `format` (and can export JSON) instead of
            refusing it.
        counts_per_hour: Requests are limited per hour, too.
    """

    takes_format: bool
    counts_per_hour: bool


OLDER = Server(takes_format=False, counts_per_hour=False)
NEWER = Server(takes_format=True, counts_per_hour=True)


def from_version(version: str) -> Server | None:
    """Read the generation from the version that ``GET /status`` gives.

    Args:
        version: A release (``v2.7.0``), a build (twelve hex digits of the commit, an underscore,
            the time), or any text that a packager has chosen.

    Returns:
        What the server can do, or None when the text does not tell.
    """
    if release := RELEASE.match(version):
        major, minor = int(release[1]), int(release[2])
        return NEWER if (major, minor) > LAST_RELEASE_OF_THE_OLDER else OLDER
    if build := BUILD.match(version):
        built = date.fromisoformat(build[1])
        return Server(
            takes_format=built >= FORMAT_ARRIVED,
            counts_per_hour=built >= HOURLY_LIMIT_ARRIVED,
        )
    return None


def recognise(version: str | None, knows_group: Callable[[], bool | None]) -> Server:
    """Tell the generation, asking the server no more than needed.

    Args:
        version: What ``GET /status`` says, or None where it is out of reach.
        knows_group: Asks whether ``GET /stats/hits`` takes the parameter `group`, which came
            seven weeks before `format`; None where the token may not ask.

    Returns:
        What the server can do; the older generation where nothing can be found out.
    """
    if version is not None and (server := from_version(version)):
        return server
    return NEWER if knows_group() else OLDER
